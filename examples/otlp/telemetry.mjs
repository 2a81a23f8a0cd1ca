// Registers an OpenTelemetry SDK that exports spans over OTLP/HTTP (JSON), before an edge starts:
//
//   npm install @opentelemetry/api@~1.9 @opentelemetry/resources@2 \
//     @opentelemetry/sdk-trace-base@2 @opentelemetry/exporter-trace-otlp-http@0.223
//   OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 node --import ./telemetry.mjs node_modules/.bin/banyan edge
//
// OTEL_SERVICE_NAME names it; OTEL_TRACES_SAMPLER_ARG is the share of new traces that are kept, 1 unless said. A trace
// that came in sampled stays sampled.
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'

const { env } = process

const provider = new BasicTracerProvider({
  resource: defaultResource().merge(resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME ?? 'banyan-edge' })),
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1)) }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 1000 })],
})
trace.setGlobalTracerProvider(provider)

// What is not sent yet is sent while the edge drains. Nobody waits for a collector: spans of the last moment may be lost with it.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => void provider.forceFlush().catch(() => undefined))
