import type { Answer } from './answer/answer.ts'
import type { CompareOptions } from './compare.ts'
import { compareAnswers } from './compare.ts'
import type { CompareRule } from './rules/rule.ts'

/** An answer of 200 with a body of some media type. */
export function answered(body: string | Buffer, type = 'application/json'): Answer {
  const headers = new Map([['content-type', [type]]])
  return { status: 200, headers, body: Buffer.from(body), truncated: false }
}

/** The verdict on two JSON values, by some rules. */
export function compared(legacy: unknown, service: unknown, rules: readonly CompareRule[] = []) {
  return comparedBy(legacy, service, { rules })
}

/** The verdict on two JSON values. */
export function comparedBy(legacy: unknown, service: unknown, options: CompareOptions) {
  return compareAnswers(answered(JSON.stringify(legacy)), answered(JSON.stringify(service)), options)
}

/** What was found, each as `kind path`: first what mismatches, then after `noise:` what rules accept. */
export function found(verdict: ReturnType<typeof compareAnswers>): readonly string[] {
  const told = (list: readonly { readonly kind: string; readonly path: string }[]) =>
    list.map(({ kind, path }) => `${kind} ${path}`)
  if (verdict.kind === 'noise') return told(verdict.differences).map((text) => `noise: ${text}`)
  if (verdict.kind !== 'mismatch') return verdict.kind === 'match' ? [] : [verdict.why]
  return [...told(verdict.differences), ...told(verdict.noise ?? []).map((text) => `noise: ${text}`)]
}
