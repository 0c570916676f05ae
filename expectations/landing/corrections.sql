-- One row a landing column that a declared correction changes.
with

corrected as (

    select
        table_name,
        source_file,
        source_line,
        column_name,
        count(*) as times_corrected
    from landing.corrected_values
    group by
        table_name,
        source_file,
        source_line,
        column_name

),

landed as (

    select
        parse_filename(filename, true) as table_name,
        source_file,
        source_line,
        count(*) as rows_there
    from read_parquet(getvariable('landing') || '/*.parquet', union_by_name = true, filename = true)
    where
        parse_filename(filename, true) in (select corrected.table_name from corrected)
        and source_line in (select corrected.source_line from corrected)
    group by
        filename,
        source_file,
        source_line

),

final as (

    select
        corrected.table_name,
        corrected.source_file,
        corrected.source_line,
        corrected.column_name,
        corrected.times_corrected,
        coalesce(landed.rows_there, 0) as rows_there
    from corrected
    left join landed
        on
            corrected.table_name = landed.table_name
            and corrected.source_file = landed.source_file
            and corrected.source_line = landed.source_line

)

select * from final
order by
    source_file,
    source_line,
    column_name
