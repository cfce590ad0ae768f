"""A script of tables, inserts, reports and updates is split, parsed and formatted."""

import hashlib

import sqlparse

TABLES = """
create table customers{0} (id integer primary key, name varchar(200) not null, -- who
  created timestamp default current_timestamp, country char(2) references countries(code));
create index customers{0}_name on customers{0} (name, country);
"""
REPORT = """
select c.name, count(o.id) as orders, sum(case when o.paid = 1 then o.amount else 0 end) paid,
  (select max(x.created) from orders x where x.customer_id = c.id and x.status in ('new', 'open', 'sent')) as latest
from customers{0} c left join orders o on o.customer_id = c.id and o.created >= '2026-01-01'
where c.country in ('de', 'fr', 'us') and (c.name like 'A%' or c.name like 'B%') and not exists (select 1 from blocked b
  where b.id = c.id) group by c.name having count(o.id) > {0} order by paid desc, c.name limit 50 offset 100;
"""
UPDATE = "update orders set status = 'sent', sent = now() where id between {0} and {0} + 100 and status <> 'sent';\n"
ROWS = "insert into orders (id, customer_id, amount, status) values {};\n"
rows = ROWS.format(", ".join(f"({number}, {number * 7 % 90}, {number / 4}, 'open')" for number in range(200)))
script = "".join(text.format(number) for number in range(30) for text in (TABLES, REPORT, UPDATE)) + rows
digest = hashlib.sha256()
digest.update(sqlparse.format(script, reindent=True, keyword_case="upper", strip_comments=True).encode())
for statement in sqlparse.split(script):
    parsed = sqlparse.parse(statement)[0]
    digest.update(f"{parsed.get_type()} {sum(1 for _ in parsed.flatten())}".encode())
print(digest.hexdigest())
