// Redaction alone, without formats, schemas and replay: what an edge loads to show the targets of requests.
export { buildRedactor, type RawExchange, type Redact, type RedactorOptions } from './redact.ts'
export type { RedactionRules } from './rules.ts'
