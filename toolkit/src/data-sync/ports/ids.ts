/** The highest value and the limit of one id that a database hands out itself. */
export interface IdRange {
  /** `users.id`. */
  readonly column: string
  /** The highest value in use; 0 when there is no row. */
  readonly highest: number | bigint
  /** The next value that the database would hand out itself; undefined where it follows from the highest in use. */
  readonly next: number | bigint | undefined
  /** The largest value that the column can hold. */
  readonly limit: number | bigint
}

/** The ids that a database gives to new rows of an aggregate: root and children. */
export interface IdStore {
  /** Only integer key columns that the database fills itself (sequences, identity, rowid); none for UUIDs. By child name, `root` for the root. */
  read(): Promise<Readonly<Record<string, IdRange>>>
  /** Sees to it that ids handed out from now on are above these; never lowers one. */
  raiseAbove(values: Readonly<Record<string, number | bigint>>): Promise<void>
}
