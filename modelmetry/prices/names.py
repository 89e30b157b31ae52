"""What providers are called, and what may stand before the name of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# By the name in the price list: what OpenTelemetry, LiteLLM and frameworks call it. Only these
# are taken for a provider before a slash or colon; a folder of somebody's models is none.
_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "anthropic": (),
    "aws": (
        *("aws.bedrock", "aws_bedrock", "bedrock", "bedrock_converse", "bedrock-converse"),
        *("amazon", "amazon_bedrock", "amazon-bedrock", "amazon.bedrock"),
    ),
    "azure": (
        *("azure.ai.openai", "azure.ai.inference", "az.ai.openai", "az.ai.inference"),
        *("azure_openai", "azure-openai", "azure_ai", "azure-ai", "azureopenai", "azure_text"),
        *("azure.openai", "azure.ai.foundry", "microsoft.foundry"),
    ),
    "cerebras": (),
    "cloudflare": ("workers-ai", "workers_ai"),
    "cohere": ("cohere_chat",),
    "databricks": (),
    "deepseek": (),
    "elevenlabs": (),
    "fireworks": ("fireworks_ai", "fireworks-ai", "fireworks.ai"),
    "github-copilot": ("github_copilot",),
    "google": (
        *("gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai", "gemini", "vertex_ai", "vertex-ai"),
        *("vertex_ai_beta", "vertexai", "vertex", "google_vertexai", "google-vertex"),
        *("google_genai", "google-gla", "google-genai", "google_ai_studio"),
    ),
    "groq": (),
    "minimax": (),
    "mistral": ("mistral_ai", "mistral-ai", "mistralai"),
    "moonshotai": ("moonshot_ai", "moonshot"),
    "novita": ("novita_ai",),
    "openai": ("openai_text", "openai-chat", "openai-responses"),
    "openrouter": (),
    "perplexity": ("perplexity_ai",),
    "together": ("together_ai", "together-ai", "togetherai"),
    "voyageai": ("voyage", "voyage_ai"),
    "x-ai": ("x_ai", "xai"),
    "zai": ("z-ai", "z_ai"),
}
_PROVIDERS: Final = {called: name for name, others in _CALLED.items() for called in (name, *others)}
# They pass calls on to others, and say so before the name of the model.
_GATEWAYS: Final = frozenset({"litellm", "litellm_proxy", "litellm-proxy", "_other", "unknown", ""})

# What stands before a model: frameworks write `openai:gpt-4o` for what others call `openai/gpt-4o`.
_PART = re.compile(r"([^/:]*)([/:])(.*)")
# What stands before a model and names nobody: parts of paths and addresses, ways to call, regions.
_STEP = re.compile(
    r"(?:models|converse|converse_like|invoke|responses|chat|us|eu|global|[a-z]{2}(?:-[a-z]+)+-\d)"
)
_VERTEX = re.compile(r"(?:.*/)?publishers/(?P<maker>[^/]+)/models/(?P<model>.+)")
_ARN = re.compile(r"arn:aws[a-z-]*:(?:bedrock|sagemaker):.*/(?P<model>[^/]+)")
_BEDROCK = re.compile(
    r"(?:(?:us|eu|apac|au|jp|in|ca|global|us-gov)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|nvidia|openai|qwen|stability|writer)"
    r"\.[a-z].*"
)


def provider_called(name: str | None) -> str | None:
    """A provider by the name that price lists use, or as it is; `None` for a gateway."""
    plain = (name or "").strip().lower()
    return None if plain in _GATEWAYS else _PROVIDERS.get(plain, plain)


def readings(model: str, provider: str | None) -> Iterator[tuple[str | None, str]]:
    """What a name may mean, likeliest first: a provider, if known, and its name of the model.

    Args:
        model: as a call named it.
        provider: by the name that price lists use.
    """
    name = model.strip().lower()
    if vertex := _VERTEX.fullmatch(name):
        yield provider or "google", vertex["model"]
        return
    if arn := _ARN.fullmatch(name):
        yield provider or "aws", arn["model"]
        return
    if provider is not None:
        yield provider, name
    yield from _without_steps(name, provider)
    if provider is None and _BEDROCK.fullmatch(name):
        yield "aws", name


def _without_steps(name: str, provider: str | None) -> Iterator[tuple[str | None, str]]:
    """The same with less and less before it."""
    whole, was_told = name, provider is not None
    while parted := _PART.fullmatch(name):
        head, mark, rest = parted.groups()
        if not (head in _PROVIDERS or (mark == "/" and _STEP.fullmatch(head))):
            break
        provider, name = provider or _PROVIDERS.get(head), rest
        if provider is not None:
            yield provider, name
    if provider is None:
        yield None, name
    elif not was_told and "/" not in whole:  # what stands after a colon may be of the name
        yield None, whole
