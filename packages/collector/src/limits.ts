/**
 * The bounds of the collector that no operator needs to set, each with its reason.
 *
 * Everything that queues, buffers, repeats or waits has its maximum here or in `settings.ts`.
 */
export const limits = {
  /** Inflated bytes per compressed byte: real OTLP reaches 10–20, a bomb 1000. */
  inflateRatioMax: 200,
  /** The ratio is not asked below this: a tiny body of equal spans compresses very well. */
  inflateRatioFloorBytes: 4 * 1024 * 1024,
  /** What all bodies that are being inflated may come to; a body waits its turn, for milliseconds. */
  inflatingBytesMax: 128 * 1024 * 1024,
  /** RFC 8878 asks decoders to support 8 MiB; a frame may otherwise claim 2 GiB before its first byte. */
  zstdWindowBytesMax: 8 * 1024 * 1024,
  /** A zstd frame costs blocks × window in memory traffic; this many limit-sizes of it are enough. */
  zstdWorkPerLimit: 128,
  /** Largest header block of one HTTP request. */
  headerBytesMax: 16 * 1024,
  /** Idle connections are closed after this; longer than the SDKs' export interval of 5 s. */
  keepAliveMs: 75_000,
  /** Body of a request that is no spans, such as one for sampling rules. */
  pageBytesMax: 64 * 1024,
  /** Largest datagram of protocols that set no limit of their own: what UDP over IPv4 can carry. */
  packetBytesMax: 65_507,
  /** Datagrams of one listener that wait to be stored; at 5,000 packets/s of 1 kB this is 6 s. */
  packetsWaitingBytesMax: 32 * 1024 * 1024,
  /** How often a translator of datagrams is asked for what it has held back long enough. */
  heldLookMs: 5_000,
  /** Files of the watched folder that are looked at; the first by name. */
  watchedFilesMax: 10_000,
  /** A file that has not changed for this long is taken to be complete. */
  watchSettledMs: 2_000,
  /** Datagrams translated in one go and appended together: about 5 ms of work, then others have a turn. */
  packetGroupBytes: 256 * 1024,
  /** Datagrams wait this long for others to be appended with; nobody waits for an answer. */
  packetGroupMs: 5,
  /** Asked of the system for the socket; Linux gives at most net.core.rmem_max. */
  socketBufferBytes: 4 * 1024 * 1024,
  /** Datagrams that could not be used are described in the log at most once in this time per listener. */
  packetLogMs: 10_000,
  /** How long a refused body is read and thrown away, so that its sender sees the answer. */
  drainMs: 1_000,
  /** HTTP/2 streams per connection. */
  streamsMax: 100,
  /** Bytes handed to one write: what the disk gets at once, and how late the first frame is. */
  writeBytesMax: 16 * 1024 * 1024,
  /** Frames handed to one write; a frame is three buffers and writev takes 1024. */
  writeFramesMax: 340,
  /** Waits between two tries while the engine is away. */
  retryMsMin: 50,
  retryMsMax: 2_000,
  /** Pending bytes that a reader by trace id has searched for its id; beyond, everything is loaded. */
  holdsBytesMax: 256 * 1024 * 1024,
  /** Read at once while searching: the event loop is busy for about a millisecond. */
  holdsChunkBytes: 4 * 1024 * 1024,
  /** How often free disk is looked at. */
  diskLookMs: 1_000,
  /** Requests to one destination under way at once: hides the time to and fro of a distant one. */
  forwardWindow: 4,
  /** Waits between two tries of a destination that fails; the first is half by chance. */
  forwardRetryMsMin: 250,
  forwardRetryMsMax: 30_000,
  /** The longest that a destination may ask to be left alone; then it is tried all the same. */
  forwardRetryAfterMsMax: 300_000,
  /** Read of a destination's answer; the OTLP specification lets answers be this large. */
  forwardAnswerBytesMax: 4 * 1024 * 1024,
  /** How often positions are written: what a crash sends twice. */
  forwardTendMs: 1_000,
  /** Segments that may wait for one destination: a day of a trickle, one a second. */
  forwardSegmentsMax: 100_000,
  /** Given up at each look while the disk is low. */
  forwardShedBytes: 128 * 1024 * 1024,
  /** How long a graceful stop goes on delivering. */
  forwardStopMs: 3_000,
  /** How often the file of sampling strategies is looked at, when somebody asks. */
  samplingFileLookMs: 1_000,
  /** Largest file of sampling strategies. */
  samplingFileBytesMax: 8 * 1024 * 1024,
  /** How long spans may take from their start to the engine before their interval is counted. */
  samplingLagMs: 15_000,
  /** Operations whose traces are counted in one interval; the busiest. */
  samplingRowsMax: 10_000,
  /** Services with adaptive rates, and operations of each; Jaeger's clients take 2,000 at most. */
  samplingServicesMax: 2_000,
  samplingOperationsMax: 500,
  /** Intervals after which a silent operation is forgotten. */
  samplingUnseenMax: 60,
  /** Traces per second that clients keep of each operation under adaptive rates: one a minute. */
  samplingLowerBoundPerSecond: 1 / 60,
  /** Time in which a question for a strategy must have arrived, and how many may be open. */
  samplingRequestMs: 10_000,
  samplingConnectionsMax: 4_096,
  /** Messages from Kafka that were fetched and wait; beyond, nothing more is fetched. */
  kafkaMessagesWaitingMax: 1_024,
  /** Bytes of messages from Kafka that are translated and appended at once. */
  kafkaBytesUnderWay: 16 * 1024 * 1024,
  /** Waits between two tries to reach brokers. */
  kafkaRetryMsMin: 250,
  kafkaRetryMsMax: 15_000,
  /** Largest message to Kafka; brokers take 1 MiB with its frame by default. */
  kafkaMessageBytes: 960 * 1024,
  /** Most that gzip or zstd may make of the messages that were compressed together. */
  kafkaInflatedBytesMax: 256 * 1024 * 1024,
  /** How often counts of refused and cut things are written to the ledger. */
  ledgerFlushMs: 5_000,
  /** How long a graceful stop may take in all, and how long of it requests may finish. */
  stopMsMax: 9_000,
  stopRequestsMs: 3_000,
  /** What senders are told to wait. */
  retryAfterS: 1,
} as const;
