-- A recording as schema 2 of src/recorder/schema.rs was written. Never changed: old files must stay readable.
PRAGMA application_id = 1298754913;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE event (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, run INTEGER NOT NULL, lasting INTEGER NOT NULL,
    kind TEXT NOT NULL, subject TEXT NOT NULL, data TEXT
) STRICT;
INSERT INTO "event" VALUES(1,1782864000000,1,0,'started','','{"version":"0.2.0","restarted":false}');
INSERT INTO "event" VALUES(2,1782864060000,1,1,'finding','Editor','{"finding":{"rule":"cpu_hog","severity":"look","confidence":"low","subject":{"kind":"program","group":"Editor","name":{"ja":"エディター","en":"Editor"},"path":"/usr/bin/editor","parts":2},"since":1782864052000,"evidence":[{"kind":"program_cpu","observed":0.43,"threshold":0.3,"seconds":8.0}],"busy":null,"cause":null,"signs":[],"parent":null},"seconds":8.0}');
INSERT INTO "event" VALUES(3,1782864120000,1,1,'finding_ended','Editor','{"finding":{"rule":"cpu_hog","severity":"look","confidence":"low","subject":{"kind":"program","group":"Editor","name":{"ja":"エディター","en":"Editor"},"path":"/usr/bin/editor","parts":2},"since":1782864052000,"evidence":[{"kind":"program_cpu","observed":0.43,"threshold":0.3,"seconds":8.0}],"busy":null,"cause":null,"signs":[],"parent":null},"seconds":68.0}');
INSERT INTO "event" VALUES(4,1782864110000,1,1,'action','Editor','{"force":true}');
CREATE TABLE hour (
    at INTEGER PRIMARY KEY, span INTEGER, cpu INTEGER, cpu_peak INTEGER, frequency INTEGER, memory_used INTEGER,
    memory_total INTEGER, swap_used INTEGER, swap_total INTEGER, disk_read INTEGER, disk_write INTEGER,
    net_rx INTEGER, net_tx INTEGER, temperature INTEGER, fan INTEGER, fan_effort INTEGER, throttle_events INTEGER,
    pressure_cpu INTEGER, pressure_memory INTEGER, pressure_io INTEGER, gpu INTEGER, power INTEGER,
    user_idle INTEGER, foreground INTEGER, program_span INTEGER, program_total INTEGER, everything_else INTEGER,
    process_count INTEGER
, watched INTEGER) STRICT;
INSERT INTO "hour" VALUES(1782867600000,3600000,4500,9000,2445,1558820,24683656,0,0,1000,2000,300,400,635,2100,7814,3,4678,0,631,700,0,407,77,3600000,4400,100,84,0);
CREATE TABLE hour_usage (
    id INTEGER PRIMARY KEY, program INTEGER NOT NULL, cpu INTEGER NOT NULL, cpu_peak INTEGER,
    busiest_part INTEGER NOT NULL, memory INTEGER NOT NULL, disk INTEGER, parts INTEGER NOT NULL,
    pid INTEGER, start INTEGER
) STRICT;
INSERT INTO "hour_usage" VALUES(114103526400000,1,4000,8000,4000,925296,1500,1,1000,5000);
INSERT INTO "hour_usage" VALUES(114103526400001,2,300,8000,300,1363136,0,2,1001,5001);
CREATE TABLE minute (
    at INTEGER PRIMARY KEY, span INTEGER, cpu INTEGER, cpu_peak INTEGER, frequency INTEGER, memory_used INTEGER,
    memory_total INTEGER, swap_used INTEGER, swap_total INTEGER, disk_read INTEGER, disk_write INTEGER,
    net_rx INTEGER, net_tx INTEGER, temperature INTEGER, fan INTEGER, fan_effort INTEGER, throttle_events INTEGER,
    pressure_cpu INTEGER, pressure_memory INTEGER, pressure_io INTEGER, gpu INTEGER, power INTEGER,
    user_idle INTEGER, foreground INTEGER, program_span INTEGER, program_total INTEGER, everything_else INTEGER,
    process_count INTEGER
, watched INTEGER) STRICT;
INSERT INTO "minute" VALUES(1782871140000,60000,4500,9000,2445,1558820,24683656,0,0,1000,2000,300,400,635,2100,7814,3,4678,0,631,700,0,407,77,60000,4400,100,84,0);
INSERT INTO "minute" VALUES(1782871200000,60000,4500,9000,2445,1558820,24683656,0,0,1000,2000,300,400,635,2100,7814,3,4678,0,631,700,0,407,77,60000,4400,100,84,0);
CREATE TABLE minute_usage (
    id INTEGER PRIMARY KEY, program INTEGER NOT NULL, cpu INTEGER NOT NULL, cpu_peak INTEGER,
    busiest_part INTEGER NOT NULL, memory INTEGER NOT NULL, disk INTEGER, parts INTEGER NOT NULL,
    pid INTEGER, start INTEGER
) STRICT;
INSERT INTO "minute_usage" VALUES(114103752960000,1,4000,8000,4000,925296,1500,1,1000,5000);
INSERT INTO "minute_usage" VALUES(114103752960001,2,300,8000,300,1363136,0,2,1001,5001);
INSERT INTO "minute_usage" VALUES(114103756800000,1,4000,8000,4000,925296,1500,1,1000,5000);
INSERT INTO "minute_usage" VALUES(114103756800001,2,300,8000,300,1363136,0,2,1001,5001);
CREATE TABLE program (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, path TEXT NOT NULL, origin TEXT NOT NULL DEFAULT '', first_seen INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name, kind, path)
) STRICT;
INSERT INTO "program" VALUES(1,'Editor',0,'/usr/bin/editor','',1782864000000);
INSERT INTO "program" VALUES(2,'Browser',1,'/usr/bin/browser','',1782864000000);
CREATE TABLE raw (
    at INTEGER PRIMARY KEY, span INTEGER, cpu INTEGER, cpu_peak INTEGER, frequency INTEGER, memory_used INTEGER,
    memory_total INTEGER, swap_used INTEGER, swap_total INTEGER, disk_read INTEGER, disk_write INTEGER,
    net_rx INTEGER, net_tx INTEGER, temperature INTEGER, fan INTEGER, fan_effort INTEGER, throttle_events INTEGER,
    pressure_cpu INTEGER, pressure_memory INTEGER, pressure_io INTEGER, gpu INTEGER, power INTEGER,
    user_idle INTEGER, foreground INTEGER, program_span INTEGER, program_total INTEGER, everything_else INTEGER,
    process_count INTEGER
, watched INTEGER) STRICT;
INSERT INTO "raw" VALUES(1782871298000,2000,4500,NULL,2445,1558820,24683656,0,0,1000,2000,300,400,635,2100,7814,3,4678,0,631,700,0,407,77,2000,4400,100,84,0);
INSERT INTO "raw" VALUES(1782871300000,2000,4500,NULL,2445,1558820,24683656,0,0,1000,2000,300,400,635,2100,7814,3,4678,0,631,700,0,407,77,2000,4400,100,84,0);
CREATE TABLE raw_usage (
    id INTEGER PRIMARY KEY, program INTEGER NOT NULL, cpu INTEGER NOT NULL, cpu_peak INTEGER,
    busiest_part INTEGER NOT NULL, memory INTEGER NOT NULL, disk INTEGER, parts INTEGER NOT NULL,
    pid INTEGER, start INTEGER
) STRICT;
INSERT INTO "raw_usage" VALUES(114103763072000,1,4000,NULL,4000,925296,1500,1,1000,5000);
INSERT INTO "raw_usage" VALUES(114103763072001,2,300,NULL,300,1363136,0,2,1001,5001);
INSERT INTO "raw_usage" VALUES(114103763200000,1,4000,NULL,4000,925296,1500,1,1000,5000);
INSERT INTO "raw_usage" VALUES(114103763200001,2,300,NULL,300,1363136,0,2,1001,5001);
CREATE TABLE run (
    id INTEGER PRIMARY KEY, boot_id TEXT, version TEXT NOT NULL,
    started INTEGER NOT NULL, last_seen INTEGER NOT NULL, clean INTEGER NOT NULL
) STRICT;
INSERT INTO "run" VALUES(1,'boot-of-then','0.2.0',1782864000000,1782871300000,0);
CREATE TABLE space (
    at INTEGER NOT NULL, volume INTEGER NOT NULL, total INTEGER NOT NULL, free INTEGER NOT NULL,
    PRIMARY KEY (at, volume)
) STRICT, WITHOUT ROWID;
INSERT INTO "space" VALUES(1782864002000,1,264212084,66421068);
CREATE TABLE volume (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "volume" VALUES(1,'/');
CREATE INDEX event_at ON event (at);
COMMIT;
