-- One row an export and a release that it is compared with: the last one of the year, and the last one of the year
-- before, of which only what the contract promises is asked. An export is known by its path without the ending, since
-- a ledger may arrive in either of two forms. Declarations may shrink: they are no exports.
with

now as (

    select
        regexp_replace(source_file, '\.[a-z0-9]+$', '') as export,
        any_value(source_file) as source_file,
        sum(rows_read) as rows_read
    from landing.source_files
    where source not in ('accepted', 'corrections', 'restatements', 'known_differences')
    group by regexp_replace(source_file, '\.[a-z0-9]+$', '')

),

before as (

    select
        year,
        regexp_replace(source_file, '\.[a-z0-9]+$', '') as export,
        any_value(source_file) as source_file,
        sum(rows_read) as rows_read
    from landing.released_sources
    where
        source_file not in (
            'accepted.csv', 'corrections.csv', 'restatements.csv', 'published/known_differences.csv'
        )
    group by
        year,
        regexp_replace(source_file, '\.[a-z0-9]+$', '')

),

before_in_year as (

    select * from before
    where year = getvariable('report_year')

),

before_promised as (

    select
        before.*,
        promises.cumulative
    from before
    inner join landing.promises
        on before.export = promises.export
    where
        before.year = getvariable('report_year') - 1
        and (promises.cumulative or promises.expected_every_year)

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
        getvariable('report_year') as compared_with,
        coalesce(before_in_year.export, now.export) as export,
        coalesce(before_in_year.source_file, now.source_file) as source_file,
        coalesce(before_in_year.rows_read, 0) as rows_before,
        coalesce(now.rows_read, 0) as rows_now,
        now.export is null as is_gone,
        before_in_year.export is null as is_new,
        coalesce(promises.cumulative, false) as is_cumulative
    from now
    full outer join before_in_year
        on now.export = before_in_year.export
    left join landing.promises
        on coalesce(before_in_year.export, now.export) = promises.export

    union all

    select
        before_promised.year as compared_with,
        before_promised.export,
        before_promised.source_file,
        before_promised.rows_read as rows_before,
        coalesce(now.rows_read, 0) as rows_now,
        now.export is null as is_gone,
        false as is_new,
        before_promised.cumulative as is_cumulative
    from before_promised
    left join now
        on before_promised.export = now.export

),

judged as (

    select
        compared.*,
        exists(
            select 1
            from declared
            where
                declared.export = compared.export
                and declared.rows_before = compared.rows_before
                and declared.rows_now = compared.rows_now
        ) as is_declared
    from compared

),

final as (

    select
        source_file,
        compared_with,
        is_cumulative,
        rows_before,
        rows_now,
        case
            when is_new then 'new'
            when is_gone and is_declared then 'gone, as declared'
            when is_gone then 'gone'
            else 'there'
        end as presence,
        case
            when is_gone or is_declared or rows_before = 0 then 0
            when is_cumulative then rows_before
            -- Another year has other rows, but never none.
            when compared_with <> getvariable('report_year') then 1
            -- A row or two taken back is told in the changes; a tenth of an export, or all of it, is a loss.
            else greatest(1, rows_before - greatest(2, rows_before // 10))
        end as rows_expected
    from judged

)

select * from final
order by
    source_file,
    compared_with
