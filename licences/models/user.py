"""Users: those of sponsors, Home Office caseworkers, and the system itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import Max, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from licences import numbers, refusals
from licences.models.account import Account
from licences.models.event import changes
from licences.models.licence import Licence
from licences.models.message import unread_of
from licences.permissions import Reach, action_named, reach
from licences.roles import OWNER, SPONSOR_ROLES, Role
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.characters import without_unseen
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.lifecycle import Move

SYSTEM_USERNAME = "system"


class UserQuerySet(LicenceScopedQuerySet["User"]):
    owner_path = "pk"

    def active_first(self) -> Self:
        """Return the users in the order of lists: users who may sign in first, by name."""
        return self.order_by("-is_active", Lower("name"), "pk")

    def with_lock(self) -> Self:
        """Return the users with `locked_until`, the end of the lock after wrong tries; None without a lock."""
        is_locked = Q(sign_in_counts__locked_until__gt=clock.real_now())
        return self.annotate(locked_until=Max("sign_in_counts__locked_until", filter=is_locked))

    def for_link(self, text: str) -> Self:
        """Return the users who get a link to choose a password when a visitor enters this User ID or email address."""
        text = without_unseen(text).strip()
        is_theirs = Q(username__iexact=text) | Q(email__iexact=text)
        return self.filter(is_theirs, is_active=True).exclude(email="").order_by("pk")

    def with_unread_messages(self) -> Self:
        """Add the number of active messages that a Level 1 user has not acknowledged, as `unread_messages`."""
        sql, params = _count_of_unread(self.db)
        return self.annotate(unread_messages=RawSQL(sql, params, output_field=models.IntegerField()))


class UserManager(BaseUserManager["User"]):
    if TYPE_CHECKING:  # `from_queryset` adds it below

        def with_unread_messages(self) -> UserQuerySet: ...

    @transaction.atomic
    def add(
        self,
        *,
        by: User,
        name: str,
        role: str,
        email: str = "",
        licence: Licence | None = None,
        username: str = "",
        password: str | None = None,
    ) -> User:
        """Add a user. The User ID is drawn at random, unless demo data or a test gives one.

        Without a password, the user can sign in only after choosing one by a link (`licences.accounts.links`).

        Raises `IntegrityError` for a user ID that is taken, and for a sponsor's user without a licence. Raises
        `ValidationError` for a password that is too weak.
        """
        user = User(username=username or self._unused_id(), name=name, email=email, role=role, licence=licence)
        if password is not None:
            validate_password(password, user)
        user.set_password(password)
        user.save(using=self._db)
        user.record("add", by=by, data=changes({}, user.visible()))
        return user

    def _unused_id(self) -> str:
        """Return a User ID that no user has. Two users added at once could draw the same, of a million million."""
        while True:
            drawn = numbers.draw_user_id()
            if not self.filter(username__iexact=drawn).exists():
                return drawn

    def for_sign_in(self, username: str) -> User | None:
        """Return the user with this user ID, in any case; None if there is no such user who can sign in."""
        return self.exclude(role=Role.SYSTEM).filter(username__iexact=without_unseen(username).strip()).first()

    def system(self) -> User:
        """Return the user in whose name scheduled jobs act."""
        return self.get(username=SYSTEM_USERNAME)


class User(Account, AbstractBaseUser):
    """A user who signs in with a user ID; or the system, which never signs in."""

    username = models.CharField(
        "User ID",
        max_length=150,
        unique=True,
        error_messages={"unique": "This user ID is taken: choose another."},
    )
    name = models.CharField("name", max_length=200)
    email = models.EmailField("email address", blank=True)
    role = models.CharField("kind of user", max_length=20, choices=Role.choices)
    licence = models.ForeignKey(
        "licences.Licence",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name="licence",
    )
    is_active = models.BooleanField("may sign in", default=True)
    # The address to which the user wants to change, and when they asked. It needs the link that is mailed to it.
    new_email = models.EmailField("new email address", blank=True, editable=False)
    new_email_at = models.DateTimeField(null=True, editable=False)
    email_confirmed_at = models.DateTimeField("email address confirmed", null=True, editable=False)
    # It is part of the key of each session and link of the user, so a higher number ends all of them.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)
    has_messages_by_email = models.BooleanField("messages by email", default=False, editable=False)

    unread_messages: int = 0  # of a user who was read `with_unread_messages`

    objects: ClassVar[UserManager] = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    event_kind = "user"
    guards: ClassVar = (triggers.never_deleted("Users"),)

    class Meta:
        constraints: ClassVar = [
            known("role", Role.values, table="user"),
            models.UniqueConstraint(Lower("username"), name="user_username_in_any_case"),
            models.CheckConstraint(
                condition=Q(role__in=sorted(SPONSOR_ROLES), licence__isnull=False)
                | (~Q(role__in=sorted(SPONSOR_ROLES)) & Q(licence__isnull=True)),
                name="user_of_a_sponsor_has_its_licence",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def __html__(self) -> str:
        """Return the user as pages show them."""
        return formats.Name(self).__html__()

    @property
    def event_label(self) -> str:
        return self.username

    @property
    def event_licence_id(self) -> int | None:
        return self.licence_id

    @property
    def sponsor_name(self) -> str:
        """Return the name of the user's sponsor; "" for a user without a sponsor."""
        return self.licence.name if self.licence else ""

    @property
    def is_staff(self) -> bool:
        """Return whether the admin is open to this user: only to caseworkers."""
        return self.role == Role.CASEWORKER

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Return whether this user may use the admin. Each page of it decides what can be changed there."""
        return self.is_active and self.role == Role.CASEWORKER

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(app_label)

    def may(self, action: str) -> bool:
        """Return whether this action is open to this user, at least on their own records.

        Templates name it by its value, such as "cas.edit". Raises `ValueError` for an unknown one.
        """
        return reach(self.role, action_named(action)) is not Reach.NONE and self.is_active

    def kinds(self) -> frozenset[str]:
        """Return what this user is in a lifecycle's table, apart from an owner of records."""
        return frozenset({str(self.role)})

    def may_make(self, move: Move) -> bool:
        """Return whether a lifecycle opens `move` to this user, at least on their own records."""
        return bool(self.kinds() & move.by) or (OWNER in move.by and self.role in SPONSOR_ROLES)

    @property
    def must_have_second_factor(self) -> bool:
        """Return whether this user needs a second factor: caseworkers do, except in demo mode, and some sponsors."""
        if self.role == Role.CASEWORKER:
            return not settings.DEMO
        return self.licence is not None and self.licence.is_second_factor_required

    @property
    def sponsor(self) -> Licence:
        """Return the licence of a sponsor's user. Raises `NotAllowed` for all other users."""
        if self.licence is None:
            raise refusals.NOT_A_SPONSORS_USER()
        return self.licence

    def visible(self) -> dict[str, Any]:
        """Return the details of this user that others can see, for the history."""
        return {
            "username": self.username,
            "name": self.name,
            "email": self.email,
            "new_email": self.new_email,
            "role": self.role,
            "is_active": self.is_active,
        }

    def get_session_auth_hash(self) -> str:
        """Return the key of the user's sessions. A new password or kind of user, or `end_sessions`, changes it."""
        values = f"{super().get_session_auth_hash()} {self.role} {self.sessions_ended}"
        return salted_hmac("licences.models.user.session", values, algorithm="sha256").hexdigest()


def _count_of_unread(using: str) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL that counts the unread messages of a user of a query, and its parameters."""
    licence, user = (RawSQL(f'"licences_user"."{column}"', ()) for column in ("licence_id", "id"))
    sql, params = unread_of(licence, user).values("pk").query.get_compiler(using).as_sql()
    is_reader = f'"licences_user"."role" = \'{Role.LEVEL_1.value}\''
    return f"CASE WHEN {is_reader} THEN (SELECT COUNT(*) FROM ({sql}) AS unread) ELSE 0 END", params
