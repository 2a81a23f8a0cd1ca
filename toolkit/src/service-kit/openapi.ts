import { z } from 'zod'

const problem = z.object({
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
})

/** What a client sends (parameters, query or body), for an OpenAPI 3.1 document: from the very schema that checks it. */
export function sent(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: 'input' })
}

/** What an operation answers, for an OpenAPI 3.1 document: a body by status, and the statuses of its problems beside 401. */
export function answers(good: Readonly<Record<number, z.ZodType>>, ...refusals: readonly number[]) {
  const problems = [401, ...refusals].map((status) => [status, problemDocument()] as const)
  const bodies = Object.entries(good).map(([status, schema]) => [status, documented(schema)] as const)
  return Object.fromEntries([...bodies, ...problems])
}

function documented(schema: z.ZodType) {
  return {
    description: 'Done',
    content: { 'application/json': { schema: z.toJSONSchema(schema) } },
  }
}

function problemDocument() {
  return {
    description: 'Refused, with the reason (RFC 9457)',
    content: { 'application/problem+json': { schema: z.toJSONSchema(problem) } },
  }
}
