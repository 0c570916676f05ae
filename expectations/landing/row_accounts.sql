-- One row a file that was read: what its account says, and what quarantine and landing tables really hold. A file
-- that only one of them knows has a row as well.
with

accounts as (

    select
        source_file,
        source,
        rows_counted,
        rows_read,
        rows_loaded,
        rows_quarantined
    from landing.source_files

),

quarantined as (

    select
        source_file,
        count(*) as rows_in_quarantine
    from landing.quarantine
    group by source_file

),

-- Every table of the landing but those that ingest makes itself, and those of lists: they hold several rows a record.
landed as (

    select
        coalesce(source_file, '') as source_file,
        parse_filename(filename, true) as source,
        count(*) as rows_in_table
    from read_parquet(getvariable('landing') || '/*.parquet', union_by_name = true, filename = true)
    where
        position is null
        and parse_filename(filename, true) not in (
            'source_files', 'quarantine', 'findings', 'corrected_values',
            'promises', 'released_figures', 'released_cells', 'released_sources', 'released_places'
        )
    group by
        source_file,
        filename

),

final as (

    select
        coalesce(accounts.source_file, landed.source_file, quarantined.source_file) as source_file,
        coalesce(accounts.rows_read, 0) as rows_read,
        -- A workbook says where each row is and is not counted again.
        coalesce(accounts.rows_counted, accounts.rows_read, 0) as rows_counted,
        coalesce(accounts.rows_loaded + accounts.rows_quarantined, 0) as rows_accounted,
        coalesce(accounts.rows_loaded, 0) as rows_loaded,
        coalesce(landed.rows_in_table, 0) as rows_in_table,
        coalesce(accounts.rows_quarantined, 0) as rows_quarantined,
        coalesce(quarantined.rows_in_quarantine, 0) as rows_in_quarantine
    from accounts
    full outer join landed
        on
            accounts.source_file = landed.source_file
            and accounts.source = landed.source
    full outer join quarantined
        on coalesce(accounts.source_file, landed.source_file) = quarantined.source_file

)

select * from final
order by source_file
