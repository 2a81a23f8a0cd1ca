import type { Json, JsonObject } from '../../base/index.ts'
import { canBeId, isIdByForm, isIdName, isLinkName, nounOf } from './id-like.ts'
import type { AddProduced } from './produced.ts'
import { linksOf } from './produced-links.ts'
import { isSecretToken } from './token-text.ts'

const deepest = 32

/** What stands around a value: its key, the place and what it is about. */
interface Around {
  readonly key: string
  readonly place: string
  readonly noun: string
  readonly depth: number
}

/** The ids, tokens and addresses in a JSON body: by their names, or by their form. */
export function producedInJson(json: Json | undefined, noun: string, add: AddProduced): void {
  if (json !== undefined) look(json, { key: '', place: '$', noun, depth: 0 }, add)
}

function look(value: Json, around: Around, add: AddProduced): void {
  if (typeof value === 'string') lookAtText(value, around, add)
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && isIdName(around.key)) lookAtText(String(value), around, add)
  } else if (typeof value === 'object' && value !== null && around.depth < deepest) lookInside(value, around, add)
}

function lookInside(value: JsonObject | readonly Json[], around: Around, add: AddProduced): void {
  const noun = around.key === '' ? around.noun : nounOf(around.key, around.noun)
  const depth = around.depth + 1
  if (Array.isArray(value)) {
    const place = `${around.place}[*]`
    for (const item of value) look(item, { key: around.key, place, noun, depth }, add)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    look(inner, { key, place: `${around.place}.${key}`, noun, depth }, add)
  }
}

function lookAtText(value: string, { key, place, noun }: Around, add: AddProduced): void {
  if (isLinkName(key) && value.includes('/')) {
    linksOf(value, { place, passing: false }, add)
    return
  }
  if (isSecretToken(value)) add({ value, place, noun: nounOf(key, noun), passing: true })
  else if (canBeId(value) && (isIdName(key) || isIdByForm(value))) {
    add({ value, place, noun: nounOf(key, noun), passing: false })
  }
}
