from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search_api.app import create_app
from search_api.settings import Settings
from tests.indexer.documents import abuse
from tests.search_api.test_screening import USER

ASK = {"reference": "T-1", "parties": [USER]}


def test_a_screening_is_frozen_and_comes_back_byte_for_byte(client: TestClient) -> None:
    answer = client.post("/screen", json=ASK)
    assert answer.status_code == 200
    body = answer.json()
    assert body["summary"]["level"] == "adverse"
    kept = client.get(f"/screenings/{body['screening_id']}")
    assert kept.json() == body
    again = client.get(f"/screenings/{body['screening_id']}")
    assert again.content == kept.content


def test_two_screenings_of_one_application_have_the_same_result_hash(client: TestClient) -> None:
    one, two = (client.post("/screen", json=ASK).json() for _ in range(2))
    assert one["screening_id"] != two["screening_id"]
    assert one["audit"]["result_sha256"] == two["audit"]["result_sha256"]
    assert one["audit"]["input_sha256"] == two["audit"]["input_sha256"]


def test_search_answers_with_hits_and_facets(client: TestClient) -> None:
    body = client.get("/search", params={"q": "infected", "event": "SURV.DEVICE_HACK"}).json()
    assert body["total"] == 1
    (hit,) = body["hits"]
    assert hit["document"] == abuse().id
    assert [hit["text"][h["start"] : h["end"]] for h in hit["highlights"]] == ["infected"]
    assert body["facets"]["technology"][0]["value"] == "TECH.INTRUSION"


def test_a_document_comes_whole(client: TestClient) -> None:
    body = client.get(f"/documents/{abuse().id}").json()
    mention = body["mentions"][0]
    span = mention["span"]
    assert body["text"][span["start"] : span["end"]] == mention["name"]


def test_health_counts_what_is_searched(client: TestClient) -> None:
    body = client.get("/healthz").json()
    assert (body["status"], body["documents"]) == ("ok", 3)


@pytest.mark.parametrize(
    ("method", "path", "payload", "status", "words"),
    [
        ("GET", "/documents/0000000000", None, 404, "no document begins"),
        ("GET", "/screenings/scr_none", None, 404, "no screening"),
        ("GET", "/nothing", None, 404, "Not Found"),
        ("GET", "/search?limit=100000", None, 422, "query.limit"),
        ("GET", "/search?since=yesterday", None, 422, "'yesterday' is no date"),
        ("GET", "/search?country=Narnia", None, 422, "country has no value"),
        ("GET", "/search?evnt=x", None, 422, "no parameter 'evnt'"),
        (
            "POST",
            "/screen",
            {"reference": "x", "parties": [{**USER, "contry": "CN"}]},
            422,
            "contry",
        ),
        ("POST", "/screen", {"reference": "x", "parties": [USER, USER]}, 422, "ref"),
        ("POST", "/screen", {"reference": "x", "parties": []}, 422, "body.parties"),
        ("POST", "/screen", {"reference": "x", "parties": [{**USER, "name": ""}]}, 422, "name"),
        (
            "POST",
            "/screen",
            {"reference": "x", "parties": [USER], "options": {"event_types": ["NO.SUCH"]}},
            422,
            "NO.SUCH",
        ),
    ],
)
def test_every_error_has_the_same_shape(
    client: TestClient, method: str, path: str, payload: object, status: int, words: str
) -> None:
    answer = client.request(method, path, json=payload)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"status", "message", "fields"} and error["status"] == status
    assert words in error["message"]


def test_too_many_parties_are_refused(tmp_path: Path) -> None:
    with TestClient(
        create_app(Settings(home=tmp_path, max_parties=1)), base_url="http://localhost"
    ) as client:
        answer = client.post("/screen", json={**ASK, "parties": [USER, {**USER, "ref": "p2"}]})
    assert answer.status_code == 422 and "2 parties" in answer.json()["error"]["message"]


def test_a_broken_index_is_an_error_and_never_an_empty_answer(client: TestClient) -> None:
    service = client.app_state["service"]
    service.engine._db.execute("DROP TABLE entity_keys")
    answer = client.post("/screen", json=ASK)
    assert answer.status_code == 503
    assert "cannot be read" in answer.json()["error"]["message"]


def test_the_interface_description_has_an_example_application(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    example = description["components"]["schemas"]["Application"]["examples"][0]
    assert client.post("/screen", json=example).status_code == 200


def test_pages_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/healthz").headers["content-security-policy"]
    assert "default-src 'none'" in policy


def test_the_answer_is_the_bytes_that_are_kept(client: TestClient) -> None:
    answer = client.post("/screen", json=ASK)
    assert client.get(f"/screenings/{answer.json()['screening_id']}").content == answer.content


def test_victims_are_not_shown_unless_the_installation_allows_it(
    client: TestClient, tmp_path: Path
) -> None:
    ask = {**ASK, "options": {"victim_names": "show"}}
    answer = client.post("/screen", json=ask)
    assert (
        answer.status_code == 403 and "EVIDENCE_SHOW_VICTIMS" in answer.json()["error"]["message"]
    )


def test_a_forgotten_content_type_is_named(client: TestClient) -> None:
    answer = client.post("/screen", content="{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]["message"]


def test_broken_json_is_located(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/screen", content='{"reference": ', headers=headers)
    assert answer.status_code == 422 and "no JSON at character" in answer.json()["error"]["message"]


def test_a_foreign_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_a_broken_ledger_is_an_error_in_the_same_shape(client: TestClient) -> None:
    service = client.app_state["service"]
    with service.ledger._engine.begin() as db:
        db.exec_driver_sql("DROP TABLE screenings")
    answer = client.post("/screen", json=ASK)
    assert answer.status_code == 503 and set(answer.json()) == {"error"}
