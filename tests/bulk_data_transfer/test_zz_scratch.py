import re, pytest
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from bulk_data_transfer.models import *
from cas.models import CAS, Batch
from tests.jobs import work_all
from tests.pages import Page
pytestmark = pytest.mark.django_db
FILES="/students/bulk-data-transfer/"

@pytest.mark.parametrize("n,name", [(1,"example-1-selt-required.xml"),(3,"example-3-selt-not-provided.xml")])
def test_it(n,name, as_user, level1):
    text=(Path("/work/shared/bulk")/name).read_bytes()
    text=re.sub(rb"<SponsorLicenceNumber>[^<]*", rb"<SponsorLicenceNumber>4NUV7KB58", text)
    c=as_user(level1)
    r=c.post(FILES, {"file": SimpleUploadedFile(name, text)})
    if r.status_code!=302: print(Page(r).main.text)
    u=Upload.objects.get(); url=f"{FILES}{u.key}/"
    p=Page(c.get(url)); print(p.main.text[:1500])
    r=c.post(url+"check/", {"how_is_remote_delivery":"no","how_is_agent_used":"no"})
    if r.status_code!=302: print(Page(r).main.text)
    work_all()
    p=Page(c.get(url)); print(p.main.text[:2500])
    print(Page(c.get(url+"records/all/")).main.text[:3000])
    r=c.post(url+"import/", {"which":"INCOMPLETE_TOO","batch_name":"My batch"})
    if r.status_code!=302: print(Page(r).main.text)
    work_all()
    u.refresh_from_db(); print(u.stage,u.results,u.refusal)
    print(Page(c.get(url)).main.text[:1500])
    print([(x.family_name,x.status,x.batch) for x in CAS.objects.all()])
    assert 0
