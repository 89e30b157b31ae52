"""Production metrics: a shop with a chat and a model of its own, as Prometheus sees it.

Run it, then look at what it kept, which needs no Prometheus:

    pip install "modelmetry[server,prometheus]"
    python examples/production.py
    modelmetry report --since 1d
    modelmetry ui    # the page "Production"
"""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import modelmetry
from modelmetry.metrics import MetricsApp, MetricsMiddleware, ground_truth, model_metrics

client = modelmetry.Client()
churn = model_metrics("churn", version="3")


async def answer(request: Request) -> JSONResponse:
    """Answer a customer: the completion is a call, with its tokens and its cost."""
    question = (await request.json())["question"]
    with client.completion("llm.generate", model="gpt-4o", provider="openai") as call:
        call.user(question).assistant("It leaves tomorrow.")
        call.usage(input=1_200, cached_input=1_000, output=80)
    return JSONResponse({"answer": "It leaves tomorrow."})


async def predict(request: Request) -> JSONResponse:
    """Predict whether a customer leaves; the truth will come by the same id."""
    customer = request.path_params["customer"]
    with churn as prediction:
        leaves = customer % 3 == 0
        prediction.id(f"customer-{customer}").label(leaves).confidence(0.9 if leaves else 0.7)
    return JSONResponse({"leaves": leaves})


app = Starlette(
    routes=[
        Route("/answer", answer, methods=["POST"]),
        Route("/churn/{customer:int}", predict),
        Route("/metrics", MetricsApp()),
    ]
)
app.add_middleware(MetricsMiddleware, exclude=("/metrics",))


@contextmanager
def serving() -> Generator[str]:
    """Serve the application on a free port, as `uvicorn production:app` would."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def main() -> None:
    """Let customers in, say what became of them, and look as Prometheus would."""
    with serving() as address, httpx.Client(base_url=address) as customer:
        for number in range(30):
            customer.post("/answer", json={"question": f"Where is order {number}?"})
            customer.get(f"/churn/{number}")
            ground_truth(f"customer-{number}", number % 4 == 0)
        customer.get("/wp-admin.php")
        for line in customer.get("/metrics").text.splitlines():
            if not line.startswith("#") and "_bucket" not in line and "e-" not in line:
                print(line)
    client.close()


if __name__ == "__main__":
    main()
