"""An application traced by the Python OpenTelemetry SDK.

Arguments: `http`, `grpc`, `zipkin`, or `jaeger` (an agent, over UDP), and the address of the receiver. Prints one JSON line: the
ids that the spans were given.
"""

import json
import sys

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

transport, address = sys.argv[1:3]
if transport == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=address, insecure=True)
elif transport == "zipkin":
    from opentelemetry.exporter.zipkin.json import ZipkinExporter

    exporter = ZipkinExporter(endpoint=f"{address}/api/v2/spans")
elif transport == "jaeger":
    from opentelemetry.exporter.jaeger.thrift import JaegerExporter

    host, port = address.split(":")
    exporter = JaegerExporter(agent_host_name=host, agent_port=int(port))
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces")

provider = TracerProvider(resource=Resource.create({"service.name": "checkout-py"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("shop", "1.2")

with tracer.start_as_current_span("GET /cart", kind=SpanKind.SERVER) as root:
    root.set_attribute("cart.items", 3)
    root.set_attribute("cart.total", 12.5)
    root.set_attribute("cart.is_gift", True)
    root.set_attribute("cart.tags", ["a", "größer"])
    root.add_event("cache miss", {"key": "cart:7"})
    link = Link(root.get_span_context(), {"why": "retry"})
    with tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT, links=[link]) as db:
        db.set_status(Status(StatusCode.ERROR, "gone"))
        db.record_exception(ValueError("no such cart"))

provider.shutdown()
context = root.get_span_context()
print(
    json.dumps(
        {
            "traceId": format(context.trace_id, "032x"),
            "rootId": format(context.span_id, "016x"),
        }
    )
)
