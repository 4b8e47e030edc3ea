// Node 18, which Debian 12 has, keeps the Web Cryptography that jose asks for in a module. Import this first.
import {webcrypto} from 'node:crypto';

globalThis.crypto ??= webcrypto;
