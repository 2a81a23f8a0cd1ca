import { nearestWord } from '../base/index.ts'
import { parseGate, parseShare } from './parse-gate.ts'
import type { Step, StepAction } from './plan.ts'
import type { Place, Reader } from './reader.ts'

const actions = ['record', 'backfill', 'follow', 'shadow', 'flip', 'replay', 'verify', 'cutover'] as const
type ActionKind = (typeof actions)[number]
type Entries = ReturnType<Reader['entries']>

const defaultGateTimeoutMs = 60_000
const defaultRecordMs = 60_000
const defaultMaxHoldMs = 2000

/** Reads one step: `backfill`, or `{ flip: {...}, gate: {...} }`. Undefined when a problem was said. */
export function parseStep(reader: Reader, place: Place, number: number): Step | undefined {
  const bare = reader.word(place)
  const entries = bare === undefined ? reader.entries(place, [...actions, 'gate']) : new Map([[bare, nothingAt(place)]])
  if (entries === undefined) return undefined
  const kinds = actions.filter((action) => entries.has(action))
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) return reader.say(place, wrongCount(bare, kinds))
  const action = parseAction(reader, kind, entries.get(kind) ?? nothingAt(place))
  const gatePlace = entries.get('gate')
  const parsed = gatePlace && parseGate(reader, gatePlace)
  if (action === undefined || (gatePlace !== undefined && parsed === undefined)) return undefined
  const gateTimeoutMs = parsed?.timeoutMs ?? defaultGateTimeoutMs
  return { number, line: reader.lineOf(place), action, gate: parsed?.gate, gateTimeoutMs }
}

function nothingAt(place: Place): Place {
  return { node: undefined, path: place.path, offset: place.node?.range?.[0] ?? place.offset }
}

function wrongCount(bare: string | undefined, kinds: readonly ActionKind[]): string {
  if (kinds.length > 1) return `a step does one thing, and this one says ${kinds.join(' and ')}.`
  const said = bare === undefined ? 'the step says nothing to do' : `"${bare}" is not a step`
  const near = bare === undefined ? undefined : nearestWord(bare, actions)
  return `${said}. Allowed: ${actions.join(', ')}.${near === undefined ? '' : ` Did you mean "${near}"?`}`
}

function parseAction(reader: Reader, kind: ActionKind, place: Place): StepAction | undefined {
  switch (kind) {
    case 'backfill':
    case 'follow':
    case 'verify':
      return place.node === undefined ? { kind } : reader.say(place, `"${kind}" takes no options.`)
    case 'record':
      return parseRecord(reader, place)
    case 'shadow':
      return parseShadow(reader, place)
    case 'flip':
      return parseFlip(reader, place)
    case 'replay':
      return parseReplay(reader, place)
    case 'cutover':
      return parseCutover(reader, place)
  }
}

function parseRecord(reader: Reader, place: Place): StepAction | undefined {
  const entries = reader.entries(place, ['exchanges', 'within'])
  const exchanges = required(reader, place, entries, 'exchanges: 500')
  const within = entries?.get('within')
  const count = exchanges && reader.count(exchanges)
  const withinMs = within === undefined ? defaultRecordMs : reader.duration(within)
  return count === undefined || withinMs === undefined ? undefined : { kind: 'record', exchanges: count, withinMs }
}

function parseShadow(reader: Reader, place: Place): StepAction | undefined {
  const entries = reader.entries(place, ['route', 'share'])
  const route = word(reader, required(reader, place, entries, 'route: users.read'))
  const sharePlace = required(reader, place, entries, 'share: 100%')
  const share = sharePlace && reader.share(sharePlace)
  if (route === undefined || share === undefined) return undefined
  return { kind: 'shadow', route, sharePercent: Number((share * 100).toFixed(4)) }
}

function parseFlip(reader: Reader, place: Place): StepAction | undefined {
  const entries = reader.entries(place, ['route', 'serve', 'reason'])
  const route = word(reader, required(reader, place, entries, 'route: users.read'))
  const servePlace = required(reader, place, entries, 'serve: 10%')
  const serve = servePlace && parseServe(reader, servePlace)
  const reason = word(reader, entries?.get('reason'))
  return route === undefined || serve === undefined ? undefined : { kind: 'flip', route, serve, reason }
}

function parseServe(reader: Reader, place: Place): string | undefined {
  const serve = reader.word(place) ?? ''
  if (serve === 'legacy' || serve === 'service') return serve
  const percent = /^\d{1,2}(?:\.\d{1,2})?%$/.test(serve) ? Number(serve.slice(0, -1)) : 0
  if (percent > 0) return serve
  const owner = serve === 'owner' ? ' Ownership moves by a cutover, not by a flip.' : ''
  return reader.say(place, `"${serve}" is not a serve. Allowed: legacy, service, or a share such as 10%.${owner}`)
}

function parseReplay(reader: Reader, place: Place): StepAction | undefined {
  const entries = reader.entries(place, ['mismatches'])
  const condition = required(reader, place, entries, 'mismatches: { atMost: 0.5%, samples: 300 }')
  const mismatches = condition && parseShare(reader, condition)
  return mismatches === undefined ? undefined : { kind: 'replay', mismatches }
}

function parseCutover(reader: Reader, place: Place): StepAction | undefined {
  const entries = reader.entries(place, ['to', 'maxHold'])
  const toPlace = required(reader, place, entries, 'to: service')
  const to = toPlace && parseArm(reader, toPlace)
  const maxHold = entries?.get('maxHold')
  const maxHoldMs = maxHold === undefined ? defaultMaxHoldMs : reader.duration(maxHold)
  return to === undefined || maxHoldMs === undefined ? undefined : { kind: 'cutover', to, maxHoldMs }
}

function parseArm(reader: Reader, place: Place): 'legacy' | 'service' | undefined {
  const arm = reader.word(place)
  if (arm === 'legacy' || arm === 'service') return arm
  return reader.say(place, `"${arm ?? ''}" is not an arm. Allowed: service, legacy.`)
}

function required(reader: Reader, parent: Place, entries: Entries, example: string): Place | undefined {
  // A parent that is no mapping has been reported as such.
  if (entries === undefined) return undefined
  const place = entries.get(example.slice(0, example.indexOf(':')))
  if (place?.node !== undefined) return place
  return reader.say(place ?? parent, `"${example.slice(0, example.indexOf(':'))}" is missing, such as ${example}.`)
}

function word(reader: Reader, place: Place | undefined): string | undefined {
  if (place === undefined) return undefined
  return reader.word(place) ?? reader.say(place, 'a word is wanted here.')
}
