import { anyIndex, type PathStep, parseJsonPath } from '../../base/index.ts'
import { isSecretHeader, isSecretName, plainName } from './sensitive.ts'

/** What an operator adds to the defaults, and takes from them. Names hold in any case, with or without `-` and `_`. */
export interface RedactionRules {
  /** Headers whose whole value is a secret. */
  readonly headers?: readonly string[]
  /** Fields whose value is a secret: JSON keys at any depth, form fields, query parameters. */
  readonly fields?: readonly string[]
  /** Places in JSON bodies, with all that is below them: `$.user.note`, `$.items[*].memo`. */
  readonly paths?: readonly string[]
  /** Headers, fields and cookies that are no secret, whatever their name looks like. */
  readonly keep?: readonly string[]
}

/** Rules, ready to be asked for each header and each field. */
export interface Secrets {
  isSecretName(name: string): boolean
  /** By lower-case name. */
  isSecretHeader(lowerName: string): boolean
  /** Whether an operator said that it is no secret. */
  keeps(name: string): boolean
  /** Where JSON paths begin; undefined when there are none. */
  readonly paths: PathNode | undefined
  /** Header lines that were looked at and hold no secret: the same few come with every exchange. */
  readonly clean: CleanHeaders
}

/** A bounded memory of header lines. */
export interface CleanHeaders {
  has(name: string, value: string): boolean
  add(name: string, value: string): void
}

/** A step of JSON paths. */
export interface PathNode {
  readonly next: ReadonlyMap<PathStep, PathNode>
  /** A path ends here: all that is below is a secret. */
  readonly isSecret: boolean
}

/** What holds without any rules. */
export const defaultSecrets: Secrets = {
  ...{ isSecretName, isSecretHeader, keeps: () => false, paths: undefined },
  clean: buildCleanHeaders(),
}

/** The same few names come with every exchange; names made up by a client must not fill the memory. */
const maxKnownNames = 5000

/** Makes rules ready. A path that cannot be read throws: whoever reads rules from a file checks them there. */
export function buildSecrets({ headers = [], fields = [], paths = [], keep = [] }: RedactionRules): Secrets {
  if (headers.length + fields.length + paths.length + keep.length === 0) return defaultSecrets
  const kept = new Set(keep.map(plainName))
  const own = new Set(fields.map(plainName))
  const ownHeaders = new Set(headers.map(plainName))
  const known = new Map<string, boolean>()
  const decide = (name: string, plain = plainName(name)) => !kept.has(plain) && (own.has(plain) || isSecretName(name))
  return {
    isSecretName: (name) => {
      const before = known.get(name)
      if (before !== undefined) return before
      const secret = decide(name)
      if (known.size < maxKnownNames && name.length < 100) known.set(name, secret)
      return secret
    },
    isSecretHeader: (name) => {
      const plain = plainName(name)
      return !kept.has(plain) && (ownHeaders.has(plain) || isSecretHeader(name))
    },
    keeps: (name) => kept.has(plainName(name)),
    paths: paths.length === 0 ? undefined : pathTree(paths.map(stepsOf)),
    clean: buildCleanHeaders(),
  }
}

function buildCleanHeaders(): CleanHeaders {
  const maxLines = 5000
  const maxLength = 300
  const lines = new Set<string>()
  return {
    has: (name, value) => lines.has(`${name}:${value}`),
    add: (name, value) => {
      if (value.length > maxLength) return
      if (lines.size >= maxLines) lines.clear()
      lines.add(`${name}:${value}`)
    },
  }
}

function stepsOf(path: string): readonly PathStep[] {
  const parsed = parseJsonPath(path)
  if (!parsed.ok || parsed.of !== 'body') throw new Error(`no path into a JSON body: ${path}`)
  return parsed.steps
}

function pathTree(paths: readonly (readonly PathStep[])[]): PathNode {
  const byFirst = new Map<PathStep, (readonly PathStep[])[]>()
  for (const [first, ...rest] of paths) {
    if (first !== undefined) byFirst.set(first, [...(byFirst.get(first) ?? []), rest])
  }
  const next = new Map([...byFirst].map(([step, rest]): [PathStep, PathNode] => [step, pathTree(rest)]))
  return { next, isSecret: paths.some((path) => path.length === 0) }
}

/** The steps that lead on from where one stands, to a key or to an index (which `[*]` takes too). */
export function stepInto(nodes: readonly PathNode[], step: PathStep): readonly PathNode[] {
  if (nodes.length === 0) return nodes
  const steps = typeof step === 'number' ? [step, anyIndex] : [step]
  return nodes.flatMap((node) => steps.flatMap((one) => node.next.get(one) ?? []))
}

/** As `isSecretName`, also where one part of the name is secret: `user[password]`, `payment.card.number`. */
export function isSecretField(name: string, secrets: Secrets): boolean {
  if (secrets.keeps(name)) return false
  if (secrets.isSecretName(name)) return true
  return /[[.]/.test(name) && name.split(/[[\].]+/).some((part) => part !== '' && secrets.isSecretName(part))
}
