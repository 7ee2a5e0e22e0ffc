# Are the records, one a line, valid against their models? Arguments: SCHEMA FILE [SCHEMA FILE]…
import json
import sys

from jsonschema import Draft202012Validator, FormatChecker


def check(schema, path):
    with open(schema, encoding="utf-8") as text:
        validator = Draft202012Validator(json.load(text), format_checker=FormatChecker())
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            for error in validator.iter_errors(json.loads(line)):
                sys.exit(f"{path}:{number}: {error.json_path}: {error.message}")


for schema, path in zip(sys.argv[1::2], sys.argv[2::2]):
    check(schema, path)
