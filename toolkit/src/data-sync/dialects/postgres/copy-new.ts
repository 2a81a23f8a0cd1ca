import type { Row } from '../../../anti-corruption/index.ts'
import type { AggregateChange } from '../../ports/target.ts'
import type { AggregateShapes } from './catalog.ts'
import type { CopyRows } from './copy-in.ts'
import { quoted } from './names.ts'
import type { TableShape } from './schema.ts'
import type { PostgresSession } from './session.ts'
import { copyField } from './value.ts'
import { bySignature, namingColumn } from './write-rows.ts'

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
  const next = changes.map((change) => change.next).filter((rows) => rows !== undefined)
  const ofRoot = next.map((rows) => rows.root)
  const ofChild = children.flatMap(({ name, shape }) =>
    copiesOf(
      shape,
      next.flatMap((rows) => rows.children[name] ?? []),
    ),
  )
  const copies = [...copiesOf(root, ofRoot), ...ofChild]
  await session.copyIn({ before, copies, after })
}

function copiesOf(shape: TableShape, rows: readonly Row[]): readonly CopyRows[] {
  return bySignature(shape, rows).map(({ columns, rows: alike }) => {
    const names = columns.map(({ name }) => name)
    return {
      sql: `COPY ${shape.sql} (${names.map(quoted).join(', ')}) FROM STDIN`,
      lines: alike.map((row) => lineOf(shape, names, row)),
    }
  })
}

function lineOf(shape: TableShape, names: readonly string[], row: Row): string {
  let line = ''
  let place = 0
  try {
    for (; place < names.length; place++) {
      if (place > 0) line += '\t'
      line += copyField(row[names[place] ?? ''] ?? null)
    }
  } catch (thrown) {
    throw namingColumn(thrown, shape, names[place] ?? '')
  }
  return `${line}\n`
}
