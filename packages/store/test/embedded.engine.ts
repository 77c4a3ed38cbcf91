/** The engine contract against the embedded engine. */

import { engineContract } from '../../testkit/src/engine-contract.ts';
import { openEngine } from '../src/index.ts';
import { quiet, scratch } from './scratch.ts';

engineContract({
  name: 'embedded',
  async open() {
    const { dir, remove } = scratch();
    const engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
    return {
      engine,
      async done() {
        await engine.close();
        remove();
      },
    };
  },
});
