"""Answers the questions of tests/lxml.rs and tests/usages, one on each line, in their order.

A question is its kind and its fields, in hexadecimal, with spaces between them; `-` is an empty field.
"""

import sys

from lxml import etree


class Refused(Exception):
    """The document is not well-formed."""


def parse(xml):
    """The document element. lxml forgets an error of namespaces when a warning comes after it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(str(error)) from None
    errors = [entry.message for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
    if errors:
        raise Refused(errors[0])
    return root


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex() or "-"


def well_formed(xml):
    """`yes`, or `no` and why."""
    parse(xml)
    return "yes"


def select(xml, bindings, steps, terminal):
    """Which of the document's elements the steps lead to, and what the terminal finds there."""
    root = parse(xml)
    bindings = dict(line.split("=", 1) for line in lines(bindings))
    found = None
    for step in lines(steps):
        nodes = (
            root.xpath("/" + step, namespaces=bindings)
            if found is None
            else found.xpath(step, namespaces=bindings)
        )
        if len(nodes) != 1:
            return "several" if nodes else "none"
        found = nodes[0]
    ordinal = next(at for at, element in enumerate(root.iter("*")) if element is found)
    terminal = terminal.decode()
    if not terminal:
        return f"element {ordinal}"
    if terminal == "namespace::*":
        scope = sorted((p or "") + "=" + uri for p, uri in found.nsmap.items() if uri and p != "xml")
        return f"bindings {ordinal} {hexed(chr(10).join(scope))}"
    values = found.xpath(terminal, namespaces=bindings)
    return f"attribute {ordinal} {hexed(values[0])}" if values else "none"


def strings(xml):
    """The string value of each child of the document element, in hexadecimal."""
    root = parse(xml)
    return "strings " + " ".join(hexed(child.xpath("string()")) for child in root.iterchildren("*"))


def valid(schema, xml):
    """`yes`, or `no` and what the schema in this file says against the document."""
    schema = etree.XMLSchema(etree.parse(schema.decode()))
    if schema.validate(parse(xml)):
        return "yes"
    raise Refused("; ".join(entry.message for entry in schema.error_log))


def lines(field):
    return field.decode().split("\n") if field else []


KINDS = {"well-formed": well_formed, "select": select, "strings": strings, "valid": valid}


def answer(question):
    kind, *fields = question.split()
    fields = [bytes.fromhex(field) if field != "-" else b"" for field in fields]
    try:
        return KINDS[kind](*fields)
    except Refused as refused:
        return "no " + hexed(str(refused))


for question in sys.stdin:
    print(answer(question))
