import { describe, expect, it } from 'vitest';
import { Scope } from './scope.ts';

describe('Scope', () => {
  it('releases what was opened last first, one after the other', async () => {
    const scope = new Scope();
    const steps: string[] = [];
    for (const name of ['server', 'client']) {
      scope.defer(name, async () => {
        steps.push(`${name} closes`);
        await Promise.resolve();
        steps.push(`${name} closed`);
      });
    }
    await scope.close();
    expect(steps).toEqual(['client closes', 'client closed', 'server closes', 'server closed']);
  });

  it('releases everything once, however often it is closed', async () => {
    const scope = new Scope();
    let released = 0;
    scope.defer('counter', () => {
      released++;
    });
    expect(scope.close()).toBe(scope.close());
    await scope[Symbol.asyncDispose]();
    expect(released).toBe(1);
  });

  it('releases the others when one fails, and rejects with the first error and its name', async () => {
    const scope = new Scope();
    let isServerClosed = false;
    scope.defer('server', () => {
      isServerClosed = true;
    });
    scope.defer('the log', () => Promise.reject(new Error('too late')));
    scope.defer('client', () => {
      throw new Error('stuck');
    });
    await expect(scope.close()).rejects.toMatchObject({ message: 'releasing client failed', cause: { message: 'stuck' } });
    expect(isServerClosed).toBe(true);
  });

  it('takes nothing more once it closes', async () => {
    const scope = new Scope();
    await scope.close();
    expect(() => scope.defer('latecomer', () => undefined)).toThrow("the scope is closed: latecomer can't be added any more");
  });

  it('closes at the end of the block that uses it', async () => {
    const steps: string[] = [];
    {
      await using scope = new Scope();
      scope.defer('block', () => {
        steps.push('released');
      });
      steps.push('used');
    }
    expect(steps).toEqual(['used', 'released']);
  });

  it('disposes what it was given to use, and hands it back', async () => {
    const steps: string[] = [];
    const later = { [Symbol.asyncDispose]: async () => void steps.push('later') };
    const now = { [Symbol.dispose]: () => void steps.push('now') };
    const scope = new Scope();
    expect(scope.use('later', later)).toBe(later);
    expect(scope.use('now', now)).toBe(now);
    await scope.close();
    expect(steps).toEqual(['now', 'later']);
  });

  it('waits for background work when it closes', async () => {
    const scope = new Scope();
    let finish: () => void = () => undefined;
    let isClosed = false;
    scope.background('upload', new Promise<void>((resolve) => (finish = resolve)), () => undefined);
    const closing = scope.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    finish();
    await closing;
    expect(isClosed).toBe(true);
  });

  it('hands the failure of background work to its listener and closes without one', async () => {
    const scope = new Scope();
    const failures: unknown[] = [];
    scope.background('upload', Promise.reject(new Error('no route')), (error) => failures.push(error));
    await scope.close();
    expect(failures).toEqual([new Error('no route')]);
  });
});
