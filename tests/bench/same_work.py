"""What muster does in a run, as one would write it in Python: a token, then page after page over https on one
connection, each parsed, its records mapped to the unified employee and written as NDJSON.

    python3 same_work.py PORT CA_FILE
"""
import http.client
import json
import socket
import ssl
import sys

HOST = "api.cultureamp.com"
NAMES = {
    "id": "id", "employeeIdentifier": "employee_number", "name": "full_name",
    "preferredName": "preferred_name", "email": "work_email", "startDate": "hire_date",
    "endDate": "termination_date", "birthDate": "date_of_birth", "processedAt": "updated_at",
}


def connect(port, authorities):
    connection = http.client.HTTPSConnection(HOST)
    context = ssl.create_default_context(cafile=authorities)
    plain = socket.create_connection(("127.0.0.1", port))
    connection.sock = context.wrap_socket(plain, server_hostname=HOST)
    return connection


def call(connection, method, path, headers):
    connection.request(method, path, headers=headers)
    return json.loads(connection.getresponse().read())


def main():
    connection = connect(int(sys.argv[1]), sys.argv[2])
    token = call(connection, "POST", "/v1/oauth2/token", {})["access_token"]
    headers = {"Authorization": "Bearer " + token}
    cursor = None
    while True:
        path = "/v1/employees" + ("?cursor=" + cursor if cursor else "")
        page = call(connection, "GET", path, headers)
        for record in page["data"]:
            unified = {ours: record[theirs] for theirs, ours in NAMES.items() if theirs in record}
            sys.stdout.write(json.dumps(unified, ensure_ascii=False, separators=(",", ":")) + "\n")
        cursor = page["pagination"].get("afterKey")
        if not cursor:
            break


main()
