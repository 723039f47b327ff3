import fc from 'fast-check';

/** Property tests try the same values in every run, so that a red one can be run again; a test that wants others says its own seed. */
fc.configureGlobal({ seed: 1 });
