"""A small shop is stored, changed and reported on through the ORM, in memory."""

import hashlib

from sqlalchemy import ForeignKey, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    """Of all tables."""


class Customer(Base):
    """Who buys."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    orders: Mapped[list["Order"]] = relationship(back_populates="customer")


class Order(Base):
    """What was bought at once."""

    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan")


class Line(Base):
    """One article of an order."""

    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    article: Mapped[str]
    amount: Mapped[int]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
digest = hashlib.sha256()
with Session(engine) as session:
    for number in range(150):
        customer = Customer(name=f"customer {number}")
        for place in range(4):
            lines = [Line(article=f"article {line}", amount=number + line) for line in range(3)]
            customer.orders.append(Order(lines=lines, id=number * 10 + place))
        session.add(customer)
    session.commit()
with Session(engine) as session:
    loaded = select(Customer).options(selectinload(Customer.orders).selectinload(Order.lines)).order_by(Customer.id)
    for customer in session.scalars(loaded):
        total = sum(line.amount for order in customer.orders for line in order.lines)
        digest.update(f"{customer.name} {total}".encode())
    for order in session.scalars(select(Order).where(Order.id % 3 == 0)):
        order.lines[0].amount += 1
    session.commit()
    total = func.sum(Line.amount).label("total")
    for number in range(150):
        report = select(Customer.name, total).join(Order, Order.customer_id == Customer.id)
        report = report.join(Line, Line.order_id == Order.id).where(Customer.id > number).group_by(Customer.name)
        rows = session.execute(report.having(total > 10).order_by(total.desc(), Customer.name).limit(5)).all()
        digest.update(repr(rows).encode())
print(digest.hexdigest())
