import type { AggregateRows, Translator } from '../anti-corruption/index.ts'

/** A database table of children, and the column that names the root. */
export interface ChildTable {
  readonly table: string
  /** The child's own primary key column. */
  readonly key: string
  /** The column that holds the root's key. */
  readonly by: string
}

/** Which database tables hold an aggregate: a root and its children. `key` is the root's primary key. */
export interface AggregateTables {
  readonly root: string
  readonly key: string
  readonly children: Readonly<Record<string, ChildTable>>
}

/** The key of an aggregate's root; compared as the database compares it. */
export type AggregateKey = number | string

/** The root's key on one side as the key on the other: total, and each the other's inverse. */
export interface KeyMapping {
  toService(key: AggregateKey): AggregateKey
  toLegacy(key: AggregateKey): AggregateKey
}

/** What is known of one capability: how its data looks on both sides, and how one becomes the other. */
export interface CapabilityManifest {
  readonly name: string
  readonly aggregate: {
    readonly legacy: AggregateTables
    readonly service: AggregateTables
    /** Rows of the legacy aggregate to rows of the service's aggregate and back. Only columns that it names are written. */
    readonly translator: Translator<AggregateRows, AggregateRows>
    /** How the root's key on one side becomes the key on the other. Default: the same value on both. */
    readonly keys?: KeyMapping
  }
}

/** Declares a capability; the manifest file exports what this returns, as default name `capability` or by its own name. */
export function defineCapability(manifest: CapabilityManifest): CapabilityManifest {
  return manifest
}

/** Describes an aggregate by its database tables. */
export function tables(description: {
  readonly root: string
  readonly key: string
  readonly children?: Readonly<Record<string, ChildTable>>
}): AggregateTables {
  return { root: description.root, key: description.key, children: description.children ?? {} }
}
