"""Words that several families share; all of them record a fact and stay."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Self, TypeVar, Unpack

from msgspec.structs import replace

from modelmetry.client import contents
from modelmetry.client.node import Node
from modelmetry.client.options import OptionWords, set_options
from modelmetry.client.recorder import Recorder
from modelmetry.signals.families import (
    CompletionData,
    Cost,
    EmbeddingsData,
    Options,
    RetrievalData,
    Usage,
)
from modelmetry.signals.values import NumberInput

ParentT_co = TypeVar("ParentT_co", covariant=True)


class ModelWords(Node[ParentT_co]):
    """What is said of any call of a model: how it was asked, what it used, what it cost."""

    __slots__ = ()

    @property
    @abstractmethod
    def _data(self) -> CompletionData | EmbeddingsData: ...

    def options(self, **options: Unpack[OptionWords]) -> Self:
        """Record how the model was asked, and stay here; `None` leaves a member as it is.

        Raises:
            InvalidTypeError: an option is unknown or has the wrong type.
        """
        data, recorder = self._data, self._tree.recorder
        if recorder.off:
            return self
        # A new one each time: the old one may be on its way to an encoder.
        changed = Options() if data.options is None else replace(data.options)
        set_options(changed, options, recorder.text_limit)
        data.options = changed
        return self._said()

    def usage(
        self,
        *,
        input: NumberInput | None = None,  # noqa: A002 - the contract's word
        output: NumberInput | None = None,
        total: NumberInput | None = None,
        cached_input: NumberInput | None = None,
        cache_write: NumberInput | None = None,
        reasoning: NumberInput | None = None,
        unit: str = "tokens",
    ) -> Self:
        """Record what the call used, as the provider reports it, and stay here.

        Args:
            input: all that was put in, cached or not.
            output: all that came out, reasoning included.
            total: both, if the provider says so.
            cached_input: the part of `input` that was read from a cache.
            cache_write: the part of `input` that was written to a cache.
            reasoning: the part of `output` that nobody sees.
            unit: what is counted.

        Raises:
            InvalidTypeError: an amount is not a number.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        unit = recorder.text(unit, "unit")
        data = self._data
        before = data.usage or Usage()
        data.usage = Usage(
            contents.used(recorder, input, unit, before.input),
            contents.used(recorder, output, unit, before.output),
            contents.used(recorder, total, unit, before.total),
            contents.used(recorder, cached_input, unit, before.cached_input),
            contents.used(recorder, cache_write, unit, before.cache_write),
            contents.used(recorder, reasoning, unit, before.reasoning),
        )
        return self._said()

    def cost(
        self,
        *,
        input: NumberInput | None = None,  # noqa: A002 - the contract's word
        output: NumberInput | None = None,
        total: NumberInput | None = None,
        currency: str = "USD",
    ) -> Self:
        """Record what the call cost, in `currency` (ISO 4217), and stay here.

        Raises:
            InvalidTypeError: an amount is not a number.
            InvalidValueError: `currency` is not three capital letters.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        currency = contents.known_currency(currency)
        data = self._data
        before = data.cost or Cost()
        data.cost = Cost(
            contents.money(recorder, input, currency, before.input),
            contents.money(recorder, output, currency, before.output),
            contents.money(recorder, total, currency, before.total),
        )
        return self._said()


def asked(recorder: Recorder, model: str | None, provider: str | None) -> Options | None:
    """The options that are known when a call of a model begins."""
    if model is None and provider is None:
        return None
    optional = recorder.optional_text
    return Options(optional(model, "model"), optional(provider, "provider"))


class DocumentWords(Node[ParentT_co]):
    """What is said of documents that were found or given to a model."""

    __slots__ = ()

    @property
    @abstractmethod
    def _data(self) -> CompletionData | RetrievalData: ...

    def document(
        self,
        id: str,  # noqa: A002 - the shortest name that says it
        *,
        title: str = "",
        content: Any = None,
        content_type: str = contents.PLAIN_TEXT,
        score: NumberInput | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """Record a document, and stay here.

        Args:
            id: by which its owner knows it.
            title: its title.
            content: the text, or any JSON value.
            content_type: the media type of `content`.
            score: how well it fits; kept in the metadata as `score`.
            metadata: anything else, as JSON values.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        document = contents.document(
            recorder,
            id,
            title=title,
            content=content,
            content_type=content_type,
            score=score,
            metadata=metadata,
        )
        self._data.documents.append(document)
        return self._said()
