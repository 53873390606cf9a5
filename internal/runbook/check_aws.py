"""Checks commands of the AWS CLI against its own parser and AWS's models.

Reads lines, each a JSON list of command lines, each a list of arguments after
"aws", and answers each line with a JSON list of what is wrong with each command,
"" for nothing. Nothing is sent: an operation ends where it would be called, after
its parameters were validated and its --query was tried on the shape of its answer.
"""
import argparse
import contextlib
import io
import json
import sys

import awscli.clidriver
import awscli.customizations.s3.subcommands as s3
import awscli.customizations.waiters as waiters
from botocore.utils import ArgumentGenerator
from botocore.validate import ParamValidator

fault = ""
loader = awscli.clidriver.create_clidriver().session.get_component("data_loader")


class Skeleton(ArgumentGenerator):
    """An answer of a shape; botocore's own has nothing for a blob."""

    def _generate_skeleton(self, shape, stack, name=""):
        return "blob" if shape.type_name == "blob" else super()._generate_skeleton(shape, stack, name)


def validate(session, service, operation, parameters):
    global fault
    model = session.get_service_model(service).operation_model(operation)
    if model.input_shape:
        report = ParamValidator().validate(parameters, model.input_shape)
        if report.has_errors():
            fault = report.generate_report()
    return model


def invoke(self, service, operation, parameters, parsed_globals):
    global fault
    model = validate(self._session, service, operation, parameters)
    query = parsed_globals.query
    if query is not None and model.output_shape:
        answer = Skeleton(use_member_names=True).generate_skeleton(model.output_shape)
        # As the answer is printed: times are texts.
        answer = json.loads(json.dumps(answer, default=str))
        if query.search(answer) in (None, [], [None]):
            fault = f"--query {query.expression!r} finds nothing in an answer of {operation}"
    return 0


def wait(self, service, operation, parameters, parsed_globals):
    validate(self._session, service, operation, parameters)
    return 0


# The beginning of an option's name is not the option.
argparse.ArgumentParser._get_option_tuples = lambda self, option: []
awscli.clidriver.CLIOperationCaller.invoke = invoke
waiters.WaiterCaller.invoke = wait
s3.ListCommand._run_main = lambda self, parsed_args, parsed_globals: 0
s3.CpCommand._run_main = lambda self, parsed_args, parsed_globals: 0


def check(command):
    global fault
    fault, said = "", io.StringIO()
    # A driver keeps what was given to its last command; the models stay.
    driver = awscli.clidriver.create_clidriver()
    driver.session.register_component("data_loader", loader)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = driver.main(command)
        except SystemExit as e:
            code = e.code
    if code and "the following arguments are required" in said.getvalue() and len(command) == 2:
        code = 0  # an operation that a sentence names
    if code and not fault:
        lines = [line for line in said.getvalue().splitlines() if line.strip()]
        fault = next((line for line in lines if "error" in line or "nvalid" in line), lines[-1])
    return fault


for line in sys.stdin:
    print(json.dumps([check(command) for command in json.loads(line)]), flush=True)
