import fc from 'fast-check'

// The same values every time, so that a red run is red again; another seed with: PROPERTY_SEED=$RANDOM npm test
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 2026) })
