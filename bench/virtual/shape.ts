export const CLIENTS = 1000;
export const SERVERS = 1000;
export const MINUTE = 60_000;
export const ROUND_TRIPS = 60_000; // one per client and minute, for an hour
