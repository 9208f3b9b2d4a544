"""The tasks of tasks.rs by python3-xcaplib and lxml: tasks.py TASK ROOT CALLS."""

import sys

from lxml import etree
from xcaplib.client import XCAPClient

NAMESPACE = "urn:ietf:params:xml:ns:resource-lists"
USAGE = "resource-lists"
NAMES = {"rl": NAMESPACE}


def get(client, calls):
    for _ in range(calls):
        client.get(USAGE)


def put(client, calls):
    found = client.get(USAGE)
    body, etag = str(found).encode(), found.etag
    for _ in range(calls):
        etag = client.put(USAGE, body, etag=etag, headers=headers()).etag


def sync(client, _):
    wanted = {f"sip:friend{n}@example.com": f"Friend {n}" for n in range(10, 510)}
    found = client.get(USAGE, filename="contacts")
    document = etree.fromstring(str(found).encode())
    (contacts,) = document.xpath("/rl:resource-lists/rl:list", namespaces=NAMES)
    for entry in list(contacts):
        name = wanted.pop(entry.get("uri"), None)
        if name is None:
            contacts.remove(entry)
        elif entry[0].text != name:
            entry[0].text = name
    for uri, name in wanted.items():
        entry = etree.SubElement(contacts, f"{{{NAMESPACE}}}entry", uri=uri)
        etree.SubElement(entry, f"{{{NAMESPACE}}}display-name").text = name
    assert len(contacts) == 500
    body = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    client.put(USAGE, body, etag=found.etag, filename="contacts", headers=headers())


def read(client, _):
    document = etree.fromstring(str(client.get(USAGE, filename="large")).encode())
    entries = document.xpath("/rl:resource-lists/rl:list/rl:entry", namespaces=NAMES)
    names = {entry.get("uri"): entry[0].text for entry in entries}
    assert len(names) == 10_000


def headers():
    return {"Content-Type": "application/resource-lists+xml"}


task, root, calls = sys.argv[1:]
tasks = {"get": get, "put": put, "sync": sync, "read": read}
tasks[task](XCAPClient(root, "alice@example.com", "secret"), int(calls))
