"""The table of all addresses of the portal, except the admin's, with the users who may use each."""

from dataclasses import dataclass

READ, SEND = ("GET", "HEAD"), ("POST",)
FILES = "students/bulk-data-transfer/"  # the pages of files, which caseworkers have as well


@dataclass(frozen=True)
class Route:
    """An address of the portal.

    `record` is the kind of record that it shows, such as a CAS or an order, or empty. `public` is the reason why it
    needs no sign-in, or empty. On a page that `is_for_level_1`, a Level 2 user sees a refusal that says so. A page that
    `is_for_colleagues` shows the record to all users of the sponsor.
    """

    address: str
    methods: tuple[str, ...]
    record: str = ""
    public: str = ""
    is_everybodys: bool = False
    is_for_level_1: bool = False
    is_for_colleagues: bool = False


ROUTES = {
    "": Route("/", READ, is_everybodys=True),
    "session/": Route("/session/", READ + SEND, public="it shows how long a user stays signed in: 0 seconds to others"),
    "health": Route("/health", READ, public="the monitoring of the portal has no user ID"),
    "accessibility/": Route("/accessibility/", READ + SEND, public="a user who cannot sign in may need it"),
    "sign-in/": Route("/sign-in/", READ + SEND, public="the way in"),
    "sign-out/": Route(
        "/sign-out/", READ + SEND, public="a user who is signed out already is sent to the sign-in page"
    ),
    "help/": Route("/help/", READ, public="a user who cannot sign in may need it"),
    "help/<slug:name>/": Route("/help/sign-in/", READ, public="a user who cannot sign in may need it"),
    "messages/": Route("/messages/", READ + SEND, is_for_level_1=True),
    "messages/archived/": Route("/messages/archived/", READ, is_for_level_1=True),
    "messages/search/": Route("/messages/search/", READ + SEND, is_for_level_1=True),
    "messages/search/<slug:key>/": Route("/messages/search/{message_search}/", READ, "search", is_for_level_1=True),
    "messages/email/": Route("/messages/email/", READ + SEND, is_for_level_1=True),
    "messages/<int:pk>/": Route("/messages/{message}/", READ, "message", is_for_level_1=True),
    "licence/": Route("/licence/", READ, is_for_level_1=True),
    "licence/history/": Route("/licence/history/", READ, is_for_level_1=True),
    "licence/action-plans/<int:pk>/": Route(
        "/licence/action-plans/{action_plan}/", READ + SEND, "action plan", is_for_level_1=True
    ),
    "licence/requests/changes/": Route("/licence/requests/changes/", READ + SEND, is_for_level_1=True),
    "licence/requests/services/": Route("/licence/requests/services/", READ + SEND, is_for_level_1=True),
    "licence/requests/": Route("/licence/requests/", READ, is_for_level_1=True),
    "licence/requests/increase/": Route("/licence/requests/increase/", READ + SEND, is_for_level_1=True),
    "licence/requests/renewal/": Route("/licence/requests/renewal/", READ + SEND, is_for_level_1=True),
    "licence/requests/new/<slug:kind>/": Route("/licence/requests/new/increase/", READ + SEND, is_for_level_1=True),
    "licence/requests/new/<slug:kind>/<str:route>/": Route(
        "/licence/requests/new/increase/STUDENT/", READ + SEND, is_for_level_1=True
    ),
    "licence/requests/<int:pk>/": Route("/licence/requests/{request}/", READ, "request", is_for_level_1=True),
    "licence/requests/<int:pk>/edit/": Route(
        "/licence/requests/{request}/edit/", READ + SEND, "request", is_for_level_1=True
    ),
    "licence/requests/<int:pk>/delete/": Route(
        "/licence/requests/{request}/delete/", READ + SEND, "request", is_for_level_1=True
    ),
    "licence/requests/<int:pk>/withdraw/": Route(
        "/licence/requests/{request}/withdraw/", READ + SEND, "request", is_for_level_1=True
    ),
    "sign-in/code/": Route("/sign-in/code/", READ + SEND, public="the second step of signing in"),
    "confirm/<slug:key>/": Route("/confirm/none/", READ + SEND, is_everybodys=True),
    "profile/": Route("/profile/", READ, is_everybodys=True),
    "profile/sign-out-everywhere/": Route("/profile/sign-out-everywhere/", SEND, is_everybodys=True),
    "profile/email/": Route("/profile/email/", READ + SEND, is_everybodys=True),
    "profile/email/keep/": Route("/profile/email/keep/", SEND, is_everybodys=True),
    "profile/email/confirm/<str:key>/": Route("/profile/email/confirm/none/", READ + SEND, is_everybodys=True),
    "profile/second-factor/": Route("/profile/second-factor/", READ + SEND, is_everybodys=True),
    "profile/second-factor/turn-off/": Route("/profile/second-factor/turn-off/", READ + SEND, is_everybodys=True),
    "profile/second-factor/recovery-codes/": Route(
        "/profile/second-factor/recovery-codes/", READ + SEND, is_everybodys=True
    ),
    "profile/second-factor/of-all-users/": Route(
        "/profile/second-factor/of-all-users/", READ + SEND, is_for_level_1=True
    ),
    "users/<int:pk>/reset-second-factor/": Route(
        "/users/{user}/reset-second-factor/", SEND, "user", is_for_level_1=True
    ),
    "users/": Route("/users/", READ, is_for_level_1=True),
    "users/add/": Route("/users/add/", READ + SEND, is_for_level_1=True),
    "users/<int:pk>/": Route("/users/{user}/", READ, "user", is_for_level_1=True),
    "users/<int:pk>/edit/": Route("/users/{user}/edit/", READ + SEND, "user", is_for_level_1=True),
    "users/<int:pk>/deactivate/": Route("/users/{user}/deactivate/", READ + SEND, "user", is_for_level_1=True),
    "users/<int:pk>/reactivate/": Route("/users/{user}/reactivate/", SEND, "user", is_for_level_1=True),
    "users/<int:pk>/unlock/": Route("/users/{user}/unlock/", SEND, "user", is_for_level_1=True),
    "users/<int:pk>/send-link/": Route("/users/{user}/send-link/", SEND, "user", is_for_level_1=True),
    "password/change/": Route("/password/change/", READ + SEND, is_everybodys=True),
    "password/forgotten/": Route("/password/forgotten/", READ + SEND, public="its user cannot sign in"),
    "password/forgotten/sent/": Route("/password/forgotten/sent/", READ, public="its user cannot sign in"),
    "password/link/": Route("/password/link/", READ, public="the key of the link says who the user is"),
    "password/choose/": Route("/password/choose/", READ + SEND, public="a link that was opened before leads here"),
    "students/": Route("/students/", READ),
    "students/create-cas/": Route("/students/create-cas/", READ + SEND),
    "students/create-cas/<str:route>/": Route("/students/create-cas/STUDENT/", READ + SEND),
    "students/create-cas/<str:route>/new/": Route("/students/create-cas/STUDENT/new/", READ + SEND),
    "students/create-cas/<str:route>/find/": Route("/students/create-cas/STUDENT/find/", READ + SEND),
    "students/assign-cas/single/": Route("/students/assign-cas/single/", READ + SEND),
    "students/search/": Route("/students/search/", READ + SEND),
    "students/find/": Route("/students/find/", READ + SEND),
    "students/search/<slug:key>/": Route("/students/search/{search}/", READ, "search"),
    "students/search/<slug:key>/change/": Route("/students/search/{search}/change/", READ, "search"),
    "students/create-cas/<str:route>/new-batch/": Route("/students/create-cas/STUDENT/new-batch/", READ + SEND),
    "students/create-cas/<str:route>/batch/<int:pk>/": Route(
        "/students/create-cas/STUDENT/batch/{batch}/", READ + SEND, "batch"
    ),
    "students/assign-cas/": Route("/students/assign-cas/", READ + SEND),
    "students/assign-cas/batch/": Route("/students/assign-cas/batch/", READ + SEND),
    "students/assign-cas/batch/<slug:key>/": Route("/students/assign-cas/batch/{batch_search}/", READ, "search"),
    "students/batches/": Route("/students/batches/", READ),
    "students/batches/<int:pk>/": Route("/students/batches/{batch}/", READ, "batch"),
    "students/batches/<int:pk>/rename/": Route("/students/batches/{batch}/rename/", READ + SEND, "batch"),
    "students/batches/<int:pk>/take-out/": Route("/students/batches/{batch}/take-out/", SEND, "batch"),
    "students/batches/<int:pk>/move/": Route("/students/batches/{batch}/move/", SEND, "batch"),
    "students/batches/<int:pk>/delete/": Route("/students/batches/{batch}/delete/", READ + SEND, "batch"),
    "students/batches/<int:pk>/set-field/": Route("/students/batches/{batch}/set-field/", READ + SEND, "batch"),
    "students/batches/<int:pk>/assign/": Route("/students/batches/{batch}/assign/", READ, "batch"),
    "students/batches/<int:pk>/assign-ready/": Route("/students/batches/{batch}/assign-ready/", READ + SEND, "batch"),
    "students/batches/<int:pk>/online-payment/": Route(
        "/students/batches/{batch}/online-payment/", READ + SEND, "batch"
    ),
    "students/batches/<int:pk>/assigned/": Route("/students/batches/{batch}/assigned/", READ, "batch"),
    "students/cas/": Route("/students/cas/", READ),
    "students/cas/lists/<slug:name>/": Route("/students/cas/lists/visa-brake/", READ, is_for_level_1=True),
    "students/allocations-about-to-expire/": Route("/students/allocations-about-to-expire/", READ, is_for_level_1=True),
    "students/cas/<int:pk>/": Route("/students/cas/{cas}/", READ, "CAS"),
    "students/cas/<int:pk>/saved/": Route("/students/cas/{cas}/saved/", READ, "CAS"),
    "students/cas/<int:pk>/spelling/": Route("/students/cas/{cas}/spelling/", SEND, "CAS"),
    "students/cas/<int:pk>/edit/": Route("/students/cas/{cas}/edit/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/delete/": Route("/students/cas/{cas}/delete/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/assign/": Route("/students/cas/{cas}/assign/", READ, "CAS"),
    "students/cas/<int:pk>/online-payment/": Route("/students/cas/{cas}/online-payment/", READ + SEND, "CAS"),
    "students/cas/<int:pk>/assigned/": Route("/students/cas/{cas}/assigned/", READ, "CAS"),
    "students/cas/<int:pk>/print/": Route("/students/cas/{cas}/print/", SEND, "CAS"),
    "students/cas/<int:pk>/put-into-batch/": Route("/students/cas/{cas}/put-into-batch/", READ + SEND, "CAS"),
    "students/selected/": Route("/students/selected/", SEND),
    "students/selected/put-into-batch/": Route("/students/selected/put-into-batch/", SEND),
    "students/selected/assign/": Route("/students/selected/assign/", SEND),
    "students/selected/delete/": Route("/students/selected/delete/", SEND),
    "students/print/": Route("/students/print/", SEND),
    "students/batches/<int:pk>/print/": Route("/students/batches/{batch}/print/", SEND, "batch"),
    "students/transfer/": Route("/students/transfer/", READ + SEND, is_for_level_1=True),
    "students/transfer/selected/": Route("/students/transfer/selected/", SEND, is_for_level_1=True),
    "students/cas/<int:pk>/transfer/": Route("/students/cas/{cas}/transfer/", READ + SEND, "CAS", is_for_level_1=True),
    "students/batches/<int:pk>/transfer/": Route(
        "/students/batches/{batch}/transfer/", READ + SEND, "batch", is_for_level_1=True
    ),
    "students/study-addresses/": Route("/students/study-addresses/", READ, is_for_level_1=True),
    "students/study-addresses/new/": Route("/students/study-addresses/new/", READ + SEND, is_for_level_1=True),
    "students/study-addresses/<int:pk>/": Route(
        "/students/study-addresses/{address}/", READ + SEND, "address", is_for_level_1=True
    ),
    "students/study-addresses/<int:pk>/delete/": Route(
        "/students/study-addresses/{address}/delete/", READ + SEND, "address", is_for_level_1=True
    ),
    "students/agents/": Route("/students/agents/", READ),
    "students/agents/new/": Route("/students/agents/new/", READ + SEND, is_for_level_1=True),
    "students/agents/<int:pk>/": Route("/students/agents/{agent}/", READ, "agent", is_for_colleagues=True),
    "students/agents/<int:pk>/edit/": Route(
        "/students/agents/{agent}/edit/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/agents/<int:pk>/retire/": Route(
        "/students/agents/{agent}/retire/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/agents/<int:pk>/reinstate/": Route(
        "/students/agents/{agent}/reinstate/", READ + SEND, "agent", is_for_level_1=True
    ),
    "students/course-templates/": Route("/students/course-templates/", READ),
    "students/course-templates/new/<str:route>/": Route("/students/course-templates/new/STUDENT/", READ + SEND),
    "students/course-templates/<int:pk>/": Route(
        "/students/course-templates/{template}/", READ + SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/retire/": Route(
        "/students/course-templates/{template}/retire/", SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/reinstate/": Route(
        "/students/course-templates/{template}/reinstate/", SEND, "template", is_for_colleagues=True
    ),
    "students/course-templates/<int:pk>/texts/": Route(
        "/students/course-templates/{template}/texts/", READ, "template", is_for_colleagues=True
    ),
    "students/printouts/": Route("/students/printouts/", READ),
    "students/printouts/<slug:key>/": Route("/students/printouts/{printout}/", READ, "printout"),
    "students/printouts/<slug:key>/state/": Route("/students/printouts/{printout}/state/", READ, "printout"),
    "students/printouts/<slug:key>/cancel/": Route("/students/printouts/{printout}/cancel/", SEND, "printout"),
    "students/printouts/<slug:key>/file/": Route("/students/printouts/{printout}/file/", READ, "printout"),
    "students/sponsorship-duties/": Route("/students/sponsorship-duties/", READ),
    "students/sponsorship-duties/check/<slug:name>/": Route("/students/sponsorship-duties/check/not-started/", READ),
    "students/sponsorship-duties/check/<slug:name>/nothing/": Route(
        "/students/sponsorship-duties/check/not-started/nothing/", SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/report/<int:type_pk>/": Route(
        "/students/sponsorship-duties/check/not-started/report/{type}/", SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/taken-off/": Route(
        "/students/sponsorship-duties/check/not-started/taken-off/", READ + SEND
    ),
    "students/sponsorship-duties/check/<slug:name>/taken-off/<slug:key>/": Route(
        "/students/sponsorship-duties/check/not-started/taken-off/{taken_off}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/selected/report/": Route("/students/sponsorship-duties/selected/report/", SEND),
    "students/sponsorship-duties/selected/withdraw/": Route(
        "/students/sponsorship-duties/selected/withdraw/", SEND, is_for_level_1=True
    ),
    "students/sponsorship-duties/withdraw/<slug:key>/": Route(
        "/students/sponsorship-duties/withdraw/{to_withdraw}/", READ + SEND, "search", is_for_level_1=True
    ),
    "students/sponsorship-duties/paste/": Route("/students/sponsorship-duties/paste/", READ + SEND),
    "students/sponsorship-duties/paste/<slug:key>/": Route(
        "/students/sponsorship-duties/paste/{chosen}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/chosen/<slug:key>/": Route(
        "/students/sponsorship-duties/chosen/{chosen}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/reported/<slug:key>/": Route(
        "/students/sponsorship-duties/reported/{reported}/", READ, "search"
    ),
    "students/sponsorship-duties/report/<int:pk>/recorded/<int:activity_pk>/withdraw/": Route(
        "/students/sponsorship-duties/report/{live}/recorded/{activity}/withdraw/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/several/<slug:key>/": Route(
        "/students/sponsorship-duties/several/{several}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/compliance/": Route(
        "/students/sponsorship-duties/compliance/", READ, is_for_level_1=True
    ),
    "students/sponsorship-duties/compliance/<slug:name>/": Route(
        "/students/sponsorship-duties/compliance/refusal/", READ, is_for_level_1=True
    ),
    "students/sponsorship-duties/compliance/<slug:name>/<slug:part>/": Route(
        "/students/sponsorship-duties/compliance/refusal/failed/", READ, is_for_level_1=True
    ),
    "students/exports/compliance/<slug:name>/<slug:part>/": Route(
        "/students/exports/compliance/refusal/failed/", SEND, is_for_level_1=True
    ),
    "students/sponsorship-duties/graduates/": Route("/students/sponsorship-duties/graduates/", READ + SEND),
    "students/sponsorship-duties/graduates/paste/": Route("/students/sponsorship-duties/graduates/paste/", READ + SEND),
    "students/sponsorship-duties/graduates/paste/<slug:key>/": Route(
        "/students/sponsorship-duties/graduates/paste/{graduates}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/graduates/check/<slug:key>/": Route(
        "/students/sponsorship-duties/graduates/check/{graduates}/", READ + SEND, "search"
    ),
    "students/sponsorship-duties/report/by-number/": Route(
        "/students/sponsorship-duties/report/by-number/", READ + SEND
    ),
    "students/sponsorship-duties/report/search/": Route("/students/sponsorship-duties/report/search/", READ + SEND),
    "students/sponsorship-duties/report/<int:pk>/": Route("/students/sponsorship-duties/report/{live}/", READ, "CAS"),
    "students/sponsorship-duties/report/<int:pk>/activities/": Route(
        "/students/sponsorship-duties/report/{live}/activities/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/report/<int:pk>/activities/<int:type_pk>/": Route(
        "/students/sponsorship-duties/report/{live}/activities/{type}/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/report/<int:pk>/recorded/<int:activity_pk>/": Route(
        "/students/sponsorship-duties/report/{live}/recorded/{activity}/", READ, "CAS"
    ),
    "students/sponsorship-duties/manage/by-number/": Route(
        "/students/sponsorship-duties/manage/by-number/", READ + SEND
    ),
    "students/sponsorship-duties/manage/search/": Route("/students/sponsorship-duties/manage/search/", READ + SEND),
    "students/sponsorship-duties/manage/<int:pk>/": Route("/students/sponsorship-duties/manage/{live}/", READ, "CAS"),
    "students/sponsorship-duties/manage/<int:pk>/note/": Route(
        "/students/sponsorship-duties/manage/{live}/note/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/manage/<int:pk>/fees/": Route(
        "/students/sponsorship-duties/manage/{live}/fees/", READ + SEND, "CAS"
    ),
    "students/sponsorship-duties/manage/<int:pk>/withdraw/": Route(
        "/students/sponsorship-duties/manage/{live}/withdraw/", READ + SEND, "CAS", is_for_level_1=True
    ),
    "students/sponsorship-duties/manage/<int:pk>/saved/<slug:what>/": Route(
        "/students/sponsorship-duties/manage/{live}/saved/note/", READ, "CAS"
    ),
    "students/sponsorship-duties/found/<slug:key>/": Route(
        "/students/sponsorship-duties/found/{duty_search}/", READ, "search"
    ),
    "students/sponsorship-duties/found/<slug:key>/change/": Route(
        "/students/sponsorship-duties/found/{duty_search}/change/", READ, "search"
    ),
    "students/bulk-data-transfer/": Route("/students/bulk-data-transfer/", READ + SEND),
    "students/bulk-data-transfer/paste/": Route("/students/bulk-data-transfer/paste/", READ + SEND),
    "students/bulk-data-transfer/<slug:key>/operation/": Route(
        "/students/bulk-data-transfer/{upload}/operation/", SEND, "upload"
    ),
    "students/bulk-data-transfer/formats/": Route("/students/bulk-data-transfer/formats/", READ),
    "students/bulk-data-transfer/formats/codes/": Route("/students/bulk-data-transfer/formats/codes/", READ),
    "students/bulk-data-transfer/formats/schema/": Route("/students/bulk-data-transfer/formats/schema/", READ),
    "students/bulk-data-transfer/formats/template/<str:route>/": Route(
        "/students/bulk-data-transfer/formats/template/STUDENT/", READ
    ),
    "students/bulk-data-transfer/formats/changes/<slug:operation>/": Route(
        "/students/bulk-data-transfer/formats/changes/fees/", READ
    ),
    "students/bulk-data-transfer/formats/example/<str:route>/": Route(
        "/students/bulk-data-transfer/formats/example/STUDENT/", READ
    ),
    "students/bulk-data-transfer/<slug:key>/results/<slug:file_format>/": Route(
        "/students/bulk-data-transfer/{upload}/results/csv/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/": Route("/students/bulk-data-transfer/{upload}/", READ, "upload"),
    "students/bulk-data-transfer/<slug:key>/state/": Route(
        "/students/bulk-data-transfer/{upload}/state/", READ, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/check/": Route(
        "/students/bulk-data-transfer/{upload}/check/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/import/": Route(
        "/students/bulk-data-transfer/{upload}/import/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/cancel/": Route(
        "/students/bulk-data-transfer/{upload}/cancel/", SEND, "upload"
    ),
    "students/bulk-data-transfer/<slug:key>/records/<slug:group>/": Route(
        "/students/bulk-data-transfer/{upload}/records/all/", READ + SEND, "upload"
    ),
    "students/exports/": Route("/students/exports/", READ + SEND),
    "students/exports/selected/": Route("/students/exports/selected/", SEND),
    "students/exports/batch/<int:pk>/": Route("/students/exports/batch/{batch}/", SEND, "batch"),
    "students/exports/columns/<int:pk>/delete/": Route(
        "/students/exports/columns/{column_choice}/delete/", READ + SEND, "column_choice", is_for_colleagues=True
    ),
    "students/exports/<slug:key>/": Route("/students/exports/{export}/", READ + SEND, "export"),
    "students/exports/<slug:key>/state/": Route("/students/exports/{export}/state/", READ, "export"),
    "students/exports/<slug:key>/cancel/": Route("/students/exports/{export}/cancel/", SEND, "export"),
    "students/exports/<slug:key>/left-out/": Route("/students/exports/{export}/left-out/", READ, "export"),
    "students/exports/<slug:key>/file/": Route("/students/exports/{export}/file/", READ, "export"),
    "payments/callback/<str:provider>/": Route(
        "/payments/callback/sandbox/", SEND, public="providers have no user ID; their messages are signed"
    ),
    "payments/": Route("/payments/", READ),
    "payments/<slug:reference>/": Route("/payments/{order}/", READ, "order"),
    "payments/<slug:reference>/details/": Route("/payments/{order}/details/", READ, "order"),
    "payments/<slug:reference>/receipt/": Route("/payments/{order}/receipt/", SEND, "order"),
    "payments/<slug:reference>/status/": Route("/payments/{order}/status/", READ, "order"),
    "payments/<slug:reference>/check/": Route("/payments/{order}/check/", SEND, "order"),
    "payments/<slug:reference>/continue/": Route("/payments/{order}/continue/", SEND, "order"),
    "payments/<slug:reference>/cancel/": Route("/payments/{order}/cancel/", SEND, "order"),
    "payments/<slug:reference>/return/": Route(
        "/payments/{order}/return/", READ + SEND, public="a return by POST comes without the session, and shows nothing"
    ),
    "sandbox/<slug:key>/": Route("/sandbox/{key}/", READ + SEND, public="it imitates a provider's own page"),
}
