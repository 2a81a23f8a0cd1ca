import type { Row } from '../../../anti-corruption/index.ts'
import type { AggregateChange } from '../../ports/target.ts'
import type { AggregateShapes } from './catalog.ts'
import type { CopyRows } from './copy-in.ts'
import { quoted } from './names.ts'
import type { TableShape } from './schema.ts'
import type { PostgresSession } from './session.ts'
import { copyLine } from './value.ts'
import { bySignature, encoded } from './write-rows.ts'

/** Copies aggregates in that are all new, between two statements and in one round trip with them; throws what the constraints say. */
export async function copyNew(
  session: PostgresSession,
  { root, children }: AggregateShapes,
  {
    changes,
    before,
    after,
  }: { readonly changes: readonly AggregateChange[]; readonly before: string; readonly after: string },
): Promise<void> {
  const copies = [
    ...copiesOf(
      root,
      changes.flatMap(({ next }) => (next === undefined ? [] : [next.root])),
    ),
    ...children.flatMap(({ name, shape }) =>
      copiesOf(
        shape,
        changes.flatMap(({ next }) => next?.children[name] ?? []),
      ),
    ),
  ]
  await session.copyIn({ before, copies, after })
}

function copiesOf(shape: TableShape, rows: readonly Row[]): readonly CopyRows[] {
  return bySignature(shape, rows).map(({ columns, rows: alike }) => {
    const names = columns.map(({ name }) => name)
    return {
      sql: `COPY ${shape.sql} (${names.map(quoted).join(', ')}) FROM STDIN`,
      lines: alike.map((row) => copyLine(names.map((name) => encoded(shape, name, row[name])))),
    }
  })
}
