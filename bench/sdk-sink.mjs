/** A receiver that takes everything and keeps nothing, in a process of its own; prints its port. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));
