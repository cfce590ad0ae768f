"""Requests for facts under ids that every recipe forms alike, so that two recipes share one recording."""

import ast

from agents.recipes.functions import first_line
from agents.recipes.project import Module
from profiling.facts import ClassRequest, ContainerRequest, ExpressionRequest, FunctionRequest, LoopRequest
from profiling.model import FunctionKey


def function_request(key: FunctionKey) -> FunctionRequest:
    """Ask for the calls of a function."""
    return FunctionRequest(id=f"function:{key.place}:{key.qualname}", key=key)


def loop_request(module: Module, loop: ast.For | ast.AsyncFor | ast.While) -> LoopRequest:
    """Ask for the trips of a loop."""
    return LoopRequest(
        id=f"loop:{module.file}:{loop.lineno}:{loop.col_offset}",
        file=module.file,
        line=loop.lineno,
        column=loop.col_offset,
    )


def expression_request(module: Module, node: ast.expr, loop: LoopRequest | None = None) -> ExpressionRequest:
    """Ask for the values of an expression, and for their changes within one entry of a loop around it."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    place = f"{module.file}:{node.lineno}:{node.col_offset}-{end_line}:{end_column}"
    return ExpressionRequest(
        id=f"expression:{place}{'@' + loop.id if loop else ''}",
        file=module.file,
        line=node.lineno,
        column=node.col_offset,
        end_line=end_line,
        end_column=end_column,
        loop_id=loop.id if loop else None,
    )


def container_request(module: Module, node: ast.expr) -> ContainerRequest:
    """Ask for what is done with the containers that an expression makes."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return ContainerRequest(
        id=f"container:{module.file}:{node.lineno}:{node.col_offset}-{end_line}:{end_column}",
        file=module.file,
        line=node.lineno,
        column=node.col_offset,
        end_line=end_line,
        end_column=end_column,
    )


def class_request(module: Module, node: ast.ClassDef) -> ClassRequest:
    """Ask for the instances of a class that stands at the top level of a module."""
    key = FunctionKey(file=module.file, first_line=first_line(node), qualname=node.name)
    return ClassRequest(id=f"class:{key.place}:{key.qualname}", key=key)
