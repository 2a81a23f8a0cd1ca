/**
 * The epochs of owners that this edge has heard of, per capability. They live as long as the edge: after a restart it
 * believes its route table's file, and a stale hold would end by its own deadline.
 */
export interface Epochs {
  see(capability: string, epoch: number): void
  /** The highest that was seen in any call; 0: none. */
  seen(capability: string): number
  /** Holds of this epoch and below are refused from now on. */
  release(capability: string, epoch: number): void
  /** The highest that was released; 0: none. */
  released(capability: string): number
}

/** Builds an empty register. */
export function buildEpochs(): Epochs {
  const highestSeen = new Map<string, number>()
  const highestReleased = new Map<string, number>()
  const raise = (epochs: Map<string, number>, capability: string, epoch: number) =>
    epochs.set(capability, Math.max(epoch, epochs.get(capability) ?? 0))
  return {
    see: (capability, epoch) => void raise(highestSeen, capability, epoch),
    seen: (capability) => highestSeen.get(capability) ?? 0,
    release: (capability, epoch) => {
      raise(highestSeen, capability, epoch)
      raise(highestReleased, capability, epoch)
    },
    released: (capability) => highestReleased.get(capability) ?? 0,
  }
}
