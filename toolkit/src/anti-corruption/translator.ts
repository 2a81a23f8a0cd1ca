/** Why an aggregate cannot be translated: a code that the mapping does not know, an impossible date. */
export interface TranslationProblem {
  /** Where in the aggregate: `st_cd`, `addresses[2].typ_cd`. */
  readonly path: string
  /** What is wrong, with the value: `unknown status code "Q"`. */
  readonly reason: string
}

/** What translating gives: a value, or every problem found. Never a value with a hole. */
export type Translation<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly TranslationProblem[] }

/** Something that the mapping cannot carry over, with an example of a value that changes. */
export interface Loss {
  readonly path: string
  readonly what: string
  readonly example: { readonly from: unknown; readonly to: unknown }
}

/**
 * The two-way mapping between the legacy model and the service's model of one aggregate: the heart of the
 * anti-corruption layer, used by the legacy-speaking API, the sync job and the comparer alike.
 *
 * It is a pair with memory, for no two models are exact inverses: `before` is what the other side holds now,
 * and a projection that has not changed keeps what `before` held.
 * Laws: `toLegacy(toService(l), l)` equals `l`, and `toService(toLegacy(s, l), s)` equals `s`
 * (well-behaved lenses: Foster et al., "Combinators for Bidirectional Tree Transformations", 2007).
 */
export interface Translator<Legacy, Service> {
  toService(legacy: Legacy, before?: Service): Translation<Service>
  toLegacy(service: Service, before?: Legacy): Translation<Legacy>
  /** What is lost on the way, declared; shown when the manifest is loaded. */
  readonly losses: readonly Loss[]
  /** The columns that it names on each side, where it knows them: the sync checks that the databases have them. */
  readonly columns?: { readonly legacy: CoveredColumns; readonly service: CoveredColumns }
}

/** The columns of an aggregate that a translator names: of the root, and per child name. */
export interface CoveredColumns {
  readonly root: readonly string[]
  readonly children: Readonly<Record<string, readonly string[]>>
}
