import type { z } from 'zod'
import { Fault } from '../base/index.ts'

/** What a client sent, as the schema reads it. Throws `request-invalid` that names everything wrong at once. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return parsed.data
  throw new Fault('request-invalid', parsed.error.issues.map(describe).join('; '))
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return path === '' ? issue.message : `${path.replace(/^\./, '')}: ${issue.message}`
}
