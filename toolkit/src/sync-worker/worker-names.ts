/** The environment variables of a capability's sync worker. */
export interface WorkerNames {
  /** What the worker is called in logs: `users-sync`. */
  readonly service: string
  /** `MONOLITH_DATABASE_URL`. */
  readonly legacyUrl: string
  /** `USERS_DATABASE_URL`. */
  readonly serviceUrl: string
  /** `USERS_SYNC_PORT`: where it tells its health; not set: nowhere. */
  readonly port: string
  /** `USERS_HOST`. */
  readonly host: string
}

/** The variables of a capability by its name: `users` reads `USERS_DATABASE_URL`, `gift-cards` `GIFT_CARDS_DATABASE_URL`. */
export function workerNames(capability: string): WorkerNames {
  const prefix = capability.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
  return {
    service: `${capability}-sync`,
    legacyUrl: 'MONOLITH_DATABASE_URL',
    serviceUrl: `${prefix}_DATABASE_URL`,
    port: `${prefix}_SYNC_PORT`,
    host: `${prefix}_HOST`,
  }
}
