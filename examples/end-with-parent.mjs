/**
 * Loaded before a program (`--import`): ends it when the process that started it is gone, even if that was killed.
 *
 * As SIGTERM would, so that the SDK sends what has ended. Never knows: the program.
 */

// Unref first: listening alone would hold a process that has nothing more to do.
process.channel?.unref();
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
