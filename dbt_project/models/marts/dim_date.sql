with

-- As many as a leap year has days; a series between two dates would ask the engine while the project is compiled.
numbers as (

    {{ dbt.generate_series(366) }}

),

series as (

    select
        {{ year_start() }} + cast(
            row_number() over (order by generated_number) - 1 as int
        ) as date_day
    from numbers

),

days as (

    select * from series
    where date_day <= {{ year_end() }}

),

final as (

    select
        date_day,
        cast(extract(year from date_day) as bigint) as year,
        cast(extract(quarter from date_day) as bigint) as quarter,
        cast(extract(month from date_day) as bigint) as month,
        cast(extract(day from date_day) as bigint) as day_of_month,
        cast({{ iso_weekday('date_day') }} as bigint) as weekday,
        {{ iso_weekday('date_day') }} > 5 as is_weekend
    from days

)

select * from final
