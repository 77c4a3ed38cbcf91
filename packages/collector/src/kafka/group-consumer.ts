/**
 * The client library's consumer with the offsets that every other client of Kafka has: what is
 * committed is the next message to read. The library itself commits the last one that was read and
 * goes on behind it, so that a group shared with other software, or set back with Kafka's own tools,
 * would lose a message per partition.
 */
import {
  Consumer,
  type ConsumerOptions,
  type ListCommitsOptions,
  type Offsets,
} from '@platformatic/kafka';

type Callback = (error: Error | null, offsets: Offsets) => void;

export interface NextOffset {
  readonly topic: string;
  readonly partition: number;
  /** Of the next message to read. */
  readonly offset: bigint;
}

export class GroupConsumer extends Consumer {
  constructor(options: ConsumerOptions<Buffer, Buffer, Buffer, Buffer>) {
    super(options);
  }

  /** The library's own streams ask this; they add one again. */
  override listCommittedOffsets(options: ListCommitsOptions, callback?: unknown): Promise<Offsets> {
    if (callback === undefined) return super.listCommittedOffsets(options);
    super.listCommittedOffsets(options, (error, offsets) => {
      (callback as Callback)(error, error ? offsets : oneLess(offsets));
    });
    return undefined as never;
  }

  /** Leaves the group and closes every connection, whatever they answer. */
  leave(): Promise<void> {
    return new Promise((resolve) => this.close(true, () => resolve()));
  }

  async commitNext(offsets: readonly NextOffset[]): Promise<void> {
    if (offsets.length === 0) return;
    await this.commit({ offsets: offsets.map((one) => ({ ...one, leaderEpoch: -1 })) });
  }
}

function oneLess(offsets: Offsets): Offsets {
  return new Map(
    [...offsets].map(([topic, partitions]) => [topic, partitions.map((offset) => offset - 1n)]),
  );
}
