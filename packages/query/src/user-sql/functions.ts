/**
 * The functions a user's SQL may call: a list, so that what the engine learns tomorrow is refused
 * until somebody has looked at it. Left out on purpose: everything that reads something else than its
 * arguments (file, dict…, joinGet, getSetting, getMacro, hostName, currentDatabase, fuzz…, catboost…,
 * addressTo…, server and load facts), that waits (sleep…), that reads a table by its name, or whose work
 * on one value has no small bound (edit distances, expressions compiled by Hyperscan, `printf`, which pads to any width).
 *
 * Never knows: what a function does.
 */

const scalar = `
  abs sign round roundBankers floor ceil ceiling trunc truncate sqrt cbrt exp exp2 exp10 log ln log2 log10 pow power sin cos tan
  asin acos atan atan2 degrees radians pi e greatest least intDiv intDivOrZero modulo moduloOrZero mod gcd lcm
  plus minus multiply divide negate isFinite isInfinite isNaN ifNotFinite bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount
  equals notEquals less greater lessOrEquals greaterOrEquals and or xor not if multiIf ifNull nullIf coalesce isNull isNotNull assumeNotNull toNullable isZeroOrNull
  length empty notEmpty lower upper lowerUTF8 upperUTF8 lengthUTF8 char_length character_length reverse reverseUTF8 concat concatWithSeparator concat_ws
  substring substr mid substringUTF8 substringIndex left right leftUTF8 rightUTF8 leftPad rightPad leftPadUTF8 rightPadUTF8 lpad rpad trim trimLeft trimRight trimBoth ltrim rtrim
  startsWith endsWith startsWithUTF8 endsWithUTF8 position positionCaseInsensitive positionUTF8 locate countSubstrings countSubstringsCaseInsensitive
  replace replaceOne replaceAll replaceRegexpOne replaceRegexpAll like notLike ilike notILike match multiSearchAny multiSearchFirstIndex
  extract extractAll extractAllGroupsVertical extractAllGroupsHorizontal extractGroups regexpExtract countMatches splitByChar splitByString splitByRegexp splitByNonAlpha splitByWhitespace arrayStringConcat
  format ascii char hex unhex bin base64Encode base64Decode tryBase64Decode toValidUTF8 isValidUTF8 repeat space initcap initcapUTF8 ngrams tokens
  hasToken hasTokenCaseInsensitive soundex
  domain domainWithoutWWW topLevelDomain path pathFull protocol port queryString fragment cutQueryString cutFragment cutToFirstSignificantSubdomain extractURLParameter extractURLParameters extractURLParameterNames decodeURLComponent encodeURLComponent
  toString toFixedString toInt8 toInt16 toInt32 toInt64 toInt128 toUInt8 toUInt16 toUInt32 toUInt64 toUInt128 toFloat32 toFloat64 toDecimal32 toDecimal64 toDecimal128 toBool toLowCardinality
  toInt8OrZero toInt16OrZero toInt32OrZero toInt64OrZero toUInt8OrZero toUInt16OrZero toUInt32OrZero toUInt64OrZero toFloat32OrZero toFloat64OrZero
  toInt8OrNull toInt16OrNull toInt32OrNull toInt64OrNull toUInt8OrNull toUInt16OrNull toUInt32OrNull toUInt64OrNull toFloat32OrNull toFloat64OrNull
  toInt64OrDefault toUInt64OrDefault toFloat64OrDefault toTypeName accurateCast accurateCastOrNull accurateCastOrDefault reinterpretAsUInt64 reinterpretAsInt64
  array arrayElement arrayConcat arrayPushBack arrayPushFront arrayPopBack arrayPopFront arraySlice arrayResize arrayReverse arrayDistinct arrayUniq arrayCompact arrayFlatten arrayZip arrayZipUnaligned arrayIntersect arrayUnion arraySymmetricDifference arrayDifference arrayCumSum arrayEnumerate arrayEnumerateUniq arrayEnumerateDense arrayJoin arrayMap arrayFilter arrayExists arrayAll arrayCount arraySum arrayAvg arrayMin arrayMax arrayProduct arrayFirst arrayFirstIndex arrayLast arrayLastIndex arrayFill arrayReverseFill arraySplit arrayReverseSplit arraySort arrayReverseSort arrayPartialSort arrayFold arrayReduce arrayShiftLeft arrayShiftRight arrayRotateLeft arrayRotateRight arrayJaccardIndex arrayDotProduct
  has hasAll hasAny hasSubstr indexOf countEqual range emptyArrayString emptyArrayUInt64
  map mapFromArrays mapKeys mapValues mapContains mapContainsKey mapContainsValue mapContainsKeyLike mapExtractKeyLike mapFilter mapApply mapConcat mapUpdate mapExists mapAll mapAdd mapSubtract mapSort mapReverseSort
  tuple tupleElement untuple tupleConcat tuplePlus tupleMinus
  JSONExtractString JSONExtractInt JSONExtractUInt JSONExtractFloat JSONExtractBool JSONExtractRaw JSONExtractArrayRaw JSONExtractKeys JSONHas JSONLength JSONType isValidJSON toJSONString simpleJSONExtractString simpleJSONExtractInt visitParamExtractString
  IPv4NumToString IPv4StringToNum isIPv4String isIPv6String isIPAddressInRange
  cityHash64 sipHash64 xxHash64 murmurHash3_64 farmHash64 intHash64 MD5 SHA1 SHA256 halfMD5 crc32 lowerHex
  bar formatReadableSize formatReadableDecimalSize formatReadableQuantity formatReadableTimeDelta
  materialize identity ignore widthBucket width_bucket roundToExp2 roundDuration roundDown transform
  isDistinctFrom isNotDistinctFrom
`;

/** Of times: many take the name of a time zone, see zones.ts. */
const times = `
  toDate toDate32 toDateTime toDateTime64 toDateOrNull toDateTimeOrNull toDateTime64OrNull toDateOrZero toDateTimeOrZero parseDateTimeBestEffort parseDateTimeBestEffortOrNull parseDateTimeBestEffortOrZero parseDateTime64BestEffort parseDateTime64BestEffortOrNull parseDateTime parseDateTimeOrNull makeDate makeDateTime
  now now64 today yesterday timeZoneOf toTimeZone toUnixTimestamp fromUnixTimestamp toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano fromUnixTimestamp64Milli fromUnixTimestamp64Micro fromUnixTimestamp64Nano
  toYear toQuarter toMonth toWeek toISOWeek toISOYear toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond toMillisecond toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss year quarter month week day hour minute second monthName
  toStartOfYear toStartOfQuarter toStartOfMonth toStartOfWeek toMonday toStartOfDay toStartOfHour toStartOfMinute toStartOfSecond toStartOfMillisecond toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes toStartOfInterval toTime timeSlot timeSlots
  dateTrunc date_trunc dateDiff date_diff dateAdd date_add dateSub date_sub timestampDiff timestamp_diff age formatDateTime formatDateTimeInJodaSyntax dateName addYears addMonths addWeeks addDays addHours addMinutes addSeconds addMilliseconds addMicroseconds addNanoseconds
  subtractYears subtractMonths subtractWeeks subtractDays subtractHours subtractMinutes subtractSeconds subtractMilliseconds subtractMicroseconds subtractNanoseconds
  toIntervalNanosecond toIntervalMicrosecond toIntervalMillisecond toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear
`;

const aggregate = `
  count sum avg min max any anyLast any_value first_value last_value argMin argMax sumWithOverflow sumKahan sumCount sumMap minMap maxMap avgWeighted
  uniq uniqExact uniqCombined uniqCombined64 uniqHLL12 uniqTheta groupArray groupArraySorted groupArrayLast groupUniqArray groupArraySample groupArrayInsertAt groupArrayMovingAvg groupArrayMovingSum groupBitAnd groupBitOr groupBitXor groupConcat
  quantile quantiles quantileExact quantilesExact quantileExactLow quantileExactHigh quantileExactWeighted quantilesExactWeighted quantileTiming quantilesTiming quantileTDigest quantilesTDigest quantileTDigestWeighted quantileDeterministic quantileDD quantileGK quantileInterpolatedWeighted quantileBFloat16 median medianExact
  topK topKWeighted approx_top_k approx_top_sum stddevPop stddevSamp varPop varSamp covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp entropy simpleLinearRegression mannWhitneyUTest studentTTest welchTTest kolmogorovSmirnovTest rankCorr
  histogram sequenceMatch sequenceCount windowFunnel retention deltaSum deltaSumTimestamp boundingRatio maxIntersections maxIntersectionsPosition exponentialMovingAverage exponentialTimeDecayedAvg sparkbar singleValueOrNull contingency cramersV
`;

const windowOnly = `row_number rank dense_rank percent_rank cume_dist ntile lag lead lagInFrame leadInFrame nth_value nonNegativeDerivative`;

/** What may follow the name of an aggregate function. */
const combinators = [
  'If',
  'Array',
  'Map',
  'Distinct',
  'OrNull',
  'OrDefault',
  'ForEach',
  'ArgMin',
  'ArgMax',
];

const namesOf = (list: string) => list.trim().split(/\s+/);
const byLowerCase = (names: readonly string[]) =>
  new Map(names.map((name) => [name.toLowerCase(), name]));

const plain = byLowerCase([...namesOf(scalar), ...namesOf(times), ...namesOf(windowOnly)]);
const aggregates = byLowerCase(namesOf(aggregate));
const exactly = new Set([...plain.values(), ...aggregates.values()]);

const ofTimes: ReadonlySet<string> = new Set(namesOf(times));

/** @param name as the engine spells it */
export function isOfTimes(name: string): boolean {
  return ofTimes.has(name);
}

/** @returns the engine's spelling of an allowed function; any case is taken; null for every other name */
export function allowedFunction(written: string): string | null {
  if (exactly.has(written)) return written;
  const found = plain.get(written.toLowerCase()) ?? aggregates.get(written.toLowerCase());
  return found ?? combined(written);
}

/** `countIf`, `sumArrayIf`: an allowed aggregate and combinators. */
function combined(written: string): string | null {
  for (const suffix of combinators) {
    if (!written.toLowerCase().endsWith(suffix.toLowerCase())) continue;
    const head = written.slice(0, -suffix.length);
    const base = aggregates.get(head.toLowerCase()) ?? (head === '' ? null : combined(head));
    if (base !== null) return base + suffix;
  }
  return null;
}

/** True for the name of an allowed aggregate, as arrayReduce takes it as text. */
export function isAggregateName(text: string): boolean {
  const name = /^([A-Za-z0-9_]+)(?:\([0-9., ]*\))?$/.exec(text)?.[1];
  return name !== undefined && (aggregates.has(name.toLowerCase()) || combined(name) !== null);
}
