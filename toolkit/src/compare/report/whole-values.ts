import { anyIndex, isJsonObject, type Json, type PathStep, parseJson, parseJsonPath } from '../../base/index.ts'
import type { Answer } from '../answer/answer.ts'
import type { Difference } from '../difference.ts'

const maxParsedBytes = 1024 * 1024

/** The whole value at a difference's path in an answer; undefined where it holds none, or is no JSON. */
export type ValueAt = (path: string) => Json | undefined

/** Reads values of one JSON body, which is parsed once, when it is first needed. */
export function valuesOf(answer: Pick<Answer, 'body'> | undefined): ValueAt {
  let parsed: { readonly value: Json | undefined } | undefined
  return (path) => {
    if (answer === undefined || answer.body.length > maxParsedBytes) return undefined
    parsed ??= { value: parseJson(answer.body.toString('utf8')) }
    const found = parseJsonPath(path)
    return found.ok && found.of === 'body' ? follow(parsed.value, found.steps) : undefined
  }
}

/** Every value at a path with `[*]`; at most the first `most` of them. */
export function valuesAt(value: Json | undefined, path: string, most: number): readonly Json[] {
  const found = parseJsonPath(path)
  if (!found.ok || found.of !== 'body' || value === undefined) return []
  return found.steps.reduce<readonly Json[]>(
    (values, step) => values.flatMap((one) => next(one, step)).slice(0, most),
    [value],
  )
}

function next(value: Json, step: PathStep): readonly Json[] {
  if (step === anyIndex) return Array.isArray(value) ? value : []
  const inner = follow(value, [step])
  return inner === undefined ? [] : [inner]
}

function follow(value: Json | undefined, steps: readonly PathStep[]): Json | undefined {
  return steps.reduce<Json | undefined>((at, step) => {
    if (Array.isArray(at)) return typeof step === 'number' ? at[step] : undefined
    return isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
  }, value)
}

/**
 * The two values of a difference as they are in the answers, where they were shortened for people. An item of a list
 * that is no list for the comparer may stand elsewhere in the other answer: then what was shortened stays.
 */
export function wholePair(
  { path, legacy, service }: Difference,
  [inLegacy, inService]: readonly [ValueAt, ValueAt],
): Pick<Difference, 'legacy' | 'service'> {
  if (!isShortened(legacy) && !isShortened(service)) return { legacy, service }
  const whole = { legacy: inLegacy(path), service: inService(path) }
  return fits(whole.legacy, legacy) && fits(whole.service, service) ? whole : { legacy, service }
}

function isShortened(value: Json | undefined): value is string {
  return typeof value === 'string' && (value.includes('…') || value.length >= 160)
}

function fits(whole: Json | undefined, shown: Json | undefined): boolean {
  if (typeof whole === 'object' && whole !== null) return typeof shown === 'string' || Array.isArray(shown)
  if (typeof whole !== 'string' || typeof shown !== 'string') return whole === shown
  return whole.includes(shown.replace(/^…/, '').replace(/…$/, ''))
}
