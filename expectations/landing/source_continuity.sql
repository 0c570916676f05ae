-- One row an export of this release or the one before of the same year. An export is known by its path without
-- the ending, since a ledger may arrive in either of two forms. Declarations may shrink: they are no exports.
with

now as (

    select
        regexp_replace(source_file, '\.[a-z0-9]+$', '') as export,
        any_value(source_file) as source_file,
        sum(rows_read) as rows_read
    from landing.source_files
    where source not in ('corrections', 'restatements', 'known_differences')
    group by regexp_replace(source_file, '\.[a-z0-9]+$', '')

),

before as (

    select
        regexp_replace(source_file, '\.[a-z0-9]+$', '') as export,
        any_value(source_file) as source_file,
        sum(rows_read) as rows_read
    from landing.released_sources
    where
        year = getvariable('report_year')
        and source_file not in ('corrections.csv', 'restatements.csv', 'published/known_differences.csv')
    group by regexp_replace(source_file, '\.[a-z0-9]+$', '')

),

declared as (

    select
        regexp_replace(key, '\.[a-z0-9]+$', '') as export,
        typed_number(old) as rows_before,
        coalesce(typed_number(new), 0) as rows_now
    from landing.restatements
    where kind = 'source_file'

),

compared as (

    select
        coalesce(before.source_file, now.source_file) as source_file,
        coalesce(before.rows_read, 0) as rows_before,
        coalesce(now.rows_read, 0) as rows_now,
        before.export is not null and now.export is null as is_gone,
        before.export is null as is_new,
        exists(
            select 1
            from declared
            where
                declared.export = before.export
                and declared.rows_before = before.rows_read
                and declared.rows_now = coalesce(now.rows_read, 0)
        ) as is_declared
    from now
    full outer join before
        on now.export = before.export

),

final as (

    select
        source_file,
        rows_before,
        rows_now,
        case
            when is_new then 'new'
            when is_gone and is_declared then 'gone, as declared'
            when is_gone then 'gone'
            else 'there'
        end as presence,
        -- A row or two taken back is told in the changes; a tenth of an export, or all of it, is a loss.
        case
            when is_gone or is_declared or rows_before = 0 then 0
            else greatest(1, rows_before - greatest(2, rows_before // 10))
        end as rows_expected
    from compared

)

select * from final
order by source_file
