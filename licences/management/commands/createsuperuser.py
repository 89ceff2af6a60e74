from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email

from licences.accounts import links
from licences.models import User
from licences.roles import Role


class Command(BaseCommand):
    help = "Add a caseworker, such as the first one, and print a link by which they choose their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="the name of the caseworker; asked for if it is not given")
        parser.add_argument("--email", help="the email address of the caseworker; asked for if it is not given")

    def handle(self, *args: Any, name: str | None, email: str | None, **options: Any) -> None:
        name = (input("Name: ") if name is None else name).strip()
        email = (input("Email address: ") if email is None else email).strip()
        if not name:
            raise CommandError("Enter the name of the caseworker: --name NAME.")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError("Enter the email address of the caseworker: --email ADDRESS.") from None
        user = User.objects.add(by=User.objects.system(), name=name, email=email, role=Role.CASEWORKER)
        self.stdout.write(f"The User ID is {user.username}. Open this address to choose the password. It works once,")
        self.stdout.write(f"and for a day:\n{links.make(user, is_printed=True)}")
        self.stdout.write("After signing in, confirm the email address under Your profile.")
