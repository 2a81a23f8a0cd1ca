import type { LogicalReplicationService, Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { exitCodes, Fault } from '../../../../base/index.ts'

export type { LogicalReplicationService } from 'pg-logical-replication'

/** A message of pgoutput, with every value as text. https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html */
export type PgoutputMessage = Pgoutput.Message

/** The parts of the library that are used, loaded when a stream is first opened. */
export interface Replication {
  readonly Service: typeof LogicalReplicationService
  /** The plugin that decodes the publication of this name. */
  buildPlugin(publication: string): PgoutputPlugin
}

/** Throws `sync-driver-missing`. */
export async function loadReplication(): Promise<Replication> {
  const library = await import('pg-logical-replication').catch((cause: unknown) => {
    throw new Fault('sync-driver-missing', 'the library for logical replication is not installed', {
      hint: 'npm install pg-logical-replication@2',
      exitCode: exitCodes.invalidConfig,
      cause,
    })
  })
  class TextPlugin extends library.PgoutputPlugin {
    override parse(buffer: Buffer): PgoutputMessage {
      const message = super.parse(buffer)
      if (message.tag === 'relation') for (const column of message.columns) column.parser = (text: unknown) => text
      return message
    }
  }
  return {
    Service: library.LogicalReplicationService,
    buildPlugin: (publication) => new TextPlugin({ protoVersion: 1, publicationNames: [publication], messages: true }),
  }
}
