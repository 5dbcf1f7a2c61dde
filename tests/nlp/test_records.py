from nlp.records import Argument, Document, Event, Mention, Page, Span


def test_a_span_quotes_the_stored_text_and_stands_on_a_page() -> None:
    text = "First page.\nSecond page."
    document = Document(
        id="d",
        source="d",
        media_type="text/plain",
        text=text,
        pages=(Page(1, Span(0, 12)), Page(2, Span(12, 24))),
    )
    assert document.quote(Span(12, 18)) == "Second"
    assert document.page_of(Span(0, 5)) == 1
    assert document.page_of(Span(12, 18)) == 2
    assert Document(id="e", source="e", media_type="t", text="x").page_of(Span(0, 1)) == 1


def test_spans_hold_and_overlap() -> None:
    assert Span(0, 5).holds(Span(1, 5)) and not Span(0, 5).holds(Span(1, 6))
    assert Span(0, 5).overlaps(Span(4, 6)) and not Span(0, 5).overlaps(Span(5, 6))
    assert len(Span(2, 5)) == 3 and Span(2, 5).moved(3) == Span(5, 8)


def test_an_event_names_its_arguments_by_index() -> None:
    police = Mention(Span(0, 6), "GOVERNMENT", "NOM", "Police", 0.9)
    event = Event(
        "LIB.DETENTION",
        Span(7, 15),
        Span(0, 20),
        (Argument("perpetrator", 0),),
        "confirmed",
        "confirmed",
        0.9,
    )
    document = Document(
        id="d", source="d", media_type="t", text="Police arrested him.", mentions=(police,)
    )
    assert [document.mentions[i] for i in event.fillers("perpetrator")] == [police]
    assert event.fillers("target") == ()
