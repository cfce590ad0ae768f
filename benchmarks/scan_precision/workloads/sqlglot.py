"""Queries are parsed, put into other dialects, qualified and optimised."""

import hashlib

import sqlglot
from sqlglot.lineage import lineage
from sqlglot.optimizer import optimize

REPORT = """with recent as (select * from orders where created >= date_sub(current_date(), interval {0} day)),
totals as (select customer_id, sum(amount) as total, count(distinct article) as articles from recent group by 1)
select c.name, t.total,
row_number() over (partition by c.country order by t.total desc) as place,
case when t.total > 100 then 'big' when t.total > 10 then 'some' else 'none' end as size
from customers c join totals t on t.customer_id = c.id left join countries k
on k.code = c.country where c.name like 'A%' and (t.articles > 1 or t.total between 5 and {0}) and k.name in ('a', 'b')
order by 2 desc limit 10"""
schema = {
    "orders": {"customer_id": "int", "amount": "double", "article": "text", "created": "date"},
    "customers": {"id": "int", "name": "text", "country": "text"},
    "countries": {"code": "text", "name": "text"},
}
digest = hashlib.sha256()
for number in range(12):
    for dialect in ("duckdb", "postgres", "bigquery", "spark"):
        digest.update(sqlglot.transpile(REPORT.format(number), read="mysql", write=dialect, pretty=True)[0].encode())
for number in range(6):
    tree = sqlglot.parse_one(REPORT.format(number), read="mysql")
    digest.update(optimize(tree, schema=schema, dialect="mysql").sql().encode())
node = lineage("total", REPORT.format(3), schema=schema, dialect="mysql")
digest.update(" ".join(one.name for one in node.walk()).encode())
print(digest.hexdigest())
