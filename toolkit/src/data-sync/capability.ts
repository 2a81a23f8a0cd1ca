import type { AggregateRows, Translator } from '../anti-corruption/index.ts'

/** One value of a key. Integers beyond 2^53 are bigints; UUIDs are texts. */
export type KeyPart = number | string | bigint

/** The key of an aggregate's root: one value, or the values of a composite key in the order of its columns. */
export type AggregateKey = KeyPart | readonly KeyPart[]

/** One key column, or those of a composite key in order. */
export type KeyColumns = string | readonly string[]

/** A database table of children, and the columns that name the root. */
export interface ChildTable {
  readonly table: string
  /** The child's own primary key. A row of a many-to-many table has a composite one. */
  readonly key: KeyColumns
  /** The columns that hold the root's key, in the order of the root's key columns. A row where one is null belongs to no aggregate. */
  readonly by: KeyColumns
}

/** Which database tables hold an aggregate: a root and its children. `key` is the root's primary key. */
export interface AggregateTables {
  readonly root: string
  readonly key: KeyColumns
  readonly children: Readonly<Record<string, ChildTable>>
}

/** The root's key on one side as the key on the other: total, and each the other's inverse. */
export interface KeyMapping {
  toService(key: AggregateKey): AggregateKey
  toLegacy(key: AggregateKey): AggregateKey
}

/** A sum that must be the same on both sides, and what it is called: `customers by status`. */
export interface Total {
  readonly name: string
  /**
   * One SELECT per arm, whose rows are compared as a set: labels first, then numbers, in the same words on both sides.
   *
   * @example { name: 'orders by status', legacy: `SELECT CASE st_cd WHEN 'A' THEN 'open' ELSE 'sent' END, count(*) FROM ord_hdr GROUP BY 1`, service: 'SELECT status, count(*) FROM orders GROUP BY 1' }
   */
  readonly legacy: string
  readonly service: string
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
  readonly totals?: readonly Total[]
  /**
   * How changes are captured in the database of each arm, where it is PostgreSQL: by triggers into an outbox, or by logical replication, which costs the
   * application's writes next to nothing and needs `wal_level = logical`. Default `outbox`.
   */
  readonly capture?: { readonly legacy?: 'outbox' | 'logical'; readonly service?: 'outbox' | 'logical' }
  /** How each arm is started on a database of one's choice: for a replay whose writes go to copies. */
  readonly start?: { readonly legacy: ArmStart; readonly service: ArmStart }
  /** What both arms may write differently, beside the instants of the replay itself. */
  readonly written?: readonly WrittenRule[]
}

/**
 * How one arm is started as a process. In the command and in the values of `env` stand placeholders: `{database}` the URL of its copy, `{port}` where it
 * listens on 127.0.0.1, `{api}` the capability's API as the arm's own pages call it, `{legacy}` and `{service}` the base URLs of both arms.
 * One of the values must hold `{database}`.
 */
export interface ArmStart {
  /** A text is run by the shell, a list is a program with its arguments. */
  readonly command: string | readonly string[]
  /** Beside the environment of whoever starts it. */
  readonly env?: Readonly<Record<string, string>>
  /** The folder that it runs in, absolute. Default: that of whoever starts it. */
  readonly folder?: string
  /** A path that answers below 500 when the arm is ready. Default `/`. */
  readonly health?: string
}

/** A field of the service's aggregate that both arms may write differently: a salt that each draws anew. */
export interface WrittenRule {
  /** `column`, or `child[*].column`. */
  readonly path: string
  readonly reason: string
}

/** Declares a capability; the manifest file exports what this returns, as default name `capability` or by its own name. */
export function defineCapability(manifest: CapabilityManifest): CapabilityManifest {
  return manifest
}

/** Describes an aggregate by its database tables. */
export function tables(description: {
  readonly root: string
  readonly key: KeyColumns
  readonly children?: Readonly<Record<string, ChildTable>>
}): AggregateTables {
  return { root: description.root, key: description.key, children: description.children ?? {} }
}
